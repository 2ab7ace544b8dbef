import { parentPort, workerData } from 'node:worker_threads';

// The other side of PreciseTimer: sleeps until the time that is due, tells, and waits for the next.
const sequence = new Int32Array(workerData as SharedArrayBuffer, 0, 1);
const due = new Float64Array(workerData as SharedArrayBuffer, 8, 1);
for (;;) {
  const seen = Atomics.load(sequence, 0);
  const left = (due[0] ?? Number.POSITIVE_INFINITY) - (performance.timeOrigin + performance.now());
  if (left > 0) Atomics.wait(sequence, 0, seen, left);
  else {
    parentPort?.postMessage(undefined);
    Atomics.wait(sequence, 0, seen);
  }
}
