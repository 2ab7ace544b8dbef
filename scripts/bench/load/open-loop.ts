// `open-loop.ts SPEC`: posts a file to all targets at constant rates at the same time, round after round, and prints the latencies of each as
// JSON. A request's time counts from when it was due, not from when it was sent, so that a stall is not left out.
import { readFileSync } from 'node:fs';
import { Agent, type Dispatcher } from 'undici';
import { PreciseTimer } from './precise-timer.ts';

export interface OpenLoopSpec {
  readonly rounds: number;
  readonly seconds: number;
  readonly file: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly targets: readonly { readonly url: string; readonly perSecond: number }[];
}

const { rounds, seconds, file, headers, targets } = JSON.parse(process.argv[2] ?? '') as OpenLoopSpec;
const body = readFileSync(file);
const agent = new Agent({ connections: 256, pipelining: 1 });
const timer = new PreciseTimer();

export interface OpenLoopResult {
  readonly milliseconds: number[];
  failed: number;
}

class Observer implements Dispatcher.DispatchHandler {
  readonly #due: number;
  readonly #result: OpenLoopResult;
  #status = 0;

  constructor(due: number, result: OpenLoopResult) {
    this.#due = due;
    this.#result = result;
  }

  onRequestStart(): void {}

  onResponseStart(_controller: Dispatcher.DispatchController, status: number): void {
    this.#status = status;
  }

  onResponseData(): void {}

  onResponseEnd(): void {
    this.#result.milliseconds.push(performance.now() - this.#due);
    if (this.#status !== 200) this.#result.failed += 1;
  }

  onResponseError(): void {
    this.#result.milliseconds.push(performance.now() - this.#due);
    this.#result.failed += 1;
  }
}

/** Sends at a constant rate from `start` on; the next never waits for the last. */
function sendAll(url: string, perSecond: number, start: number): Promise<OpenLoopResult> {
  const { origin, pathname: path } = new URL(url);
  const requests = perSecond * seconds;
  const result: OpenLoopResult = { milliseconds: [], failed: 0 };
  const send = (i: number) => {
    if (i === requests) return;
    const due = start + (i * 1_000) / perSecond;
    timer.at(due, () => {
      agent.dispatch({ origin, path, method: 'POST', headers, body }, new Observer(due, result));
      send(i + 1);
    });
  };
  send(0);
  return new Promise((resolve) => {
    const poll = setInterval(() => {
      if (result.milliseconds.length < requests) return;
      clearInterval(poll);
      resolve(result);
    }, 100);
  });
}

const results: OpenLoopResult[][] = [];
for (let round = 0; round < rounds; round += 1) {
  const start = performance.now() + 100;
  // A quarter of a millisecond apart, so that they do not meet.
  results.push(await Promise.all(targets.map(({ url, perSecond }, i) => sendAll(url, perSecond, start + i / 4))));
}
process.stdout.write(JSON.stringify(results), () => process.exit(0));
