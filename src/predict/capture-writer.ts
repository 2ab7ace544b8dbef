import { randomUUID } from 'node:crypto';
import type { FastifyBaseLogger } from 'fastify';
import type { Workspace } from '../sagemaker/workspace.ts';

/** Lines that wait to be written are bounded, so that a slow S3 costs captures, not memory or predictions. */
const maxWaitingBytes = 16_000_000;
const flushAtBytes = 1_000_000;
const flushEveryMs = 10_000;

/** Why captured lines were lost: S3 is slower than they come, or refuses them. */
export type CaptureLoss = 'overflow' | 'write_failed';

interface Batch {
  lines: string[];
  bytes: number;
}

const two = (n: number): string => String(n).padStart(2, '0');

/** `capture/bank/AllTraffic/2026/11/23/15/58-07-123-<uuid>.jsonl`, as SageMaker names its own, in UTC. */
export function captureKey(model: string, variant: string, now: Date): string {
  const day = [now.getUTCFullYear(), two(now.getUTCMonth() + 1), two(now.getUTCDate()), two(now.getUTCHours())].join(
    '/',
  );
  const time = [
    two(now.getUTCMinutes()),
    two(now.getUTCSeconds()),
    String(now.getUTCMilliseconds()).padStart(3, '0'),
  ].join('-');
  return `capture/${model}/${variant}/${day}/${time}-${randomUUID()}.jsonl`;
}

/** Writes captured lines to S3 in files of many lines. What cannot be written is dropped and said in the log; a prediction never waits for it. */
export class CaptureWriter {
  readonly #workspace: Workspace;
  readonly #logger: FastifyBaseLogger;
  readonly #waiting = new Map<string, Batch>();
  readonly #timer: NodeJS.Timeout;
  #writing: Promise<void> = Promise.resolve();
  #bytes = 0;
  #dropped = 0;
  readonly #onLoss: (lines: number, why: CaptureLoss) => void;

  constructor(
    workspace: Workspace,
    logger: FastifyBaseLogger,
    onLoss: (lines: number, why: CaptureLoss) => void = () => {},
  ) {
    this.#workspace = workspace;
    this.#logger = logger;
    this.#onLoss = onLoss;
    this.#timer = setInterval(() => this.#flushAll(), flushEveryMs);
    this.#timer.unref();
  }

  add(model: string, variant: string, line: string): void {
    if (this.#bytes + line.length > maxWaitingBytes) {
      this.#dropped += 1;
      this.#onLoss(1, 'overflow');
      return;
    }
    const folder = `${model}/${variant}`;
    const batch = this.#waiting.get(folder) ?? { lines: [], bytes: 0 };
    this.#waiting.set(folder, batch);
    batch.lines.push(line);
    batch.bytes += line.length;
    this.#bytes += line.length;
    if (batch.bytes >= flushAtBytes) this.#flush(model, variant, batch);
  }

  #flushAll(): void {
    for (const [folder, batch] of this.#waiting) {
      const [model = '', variant = ''] = folder.split('/');
      this.#flush(model, variant, batch);
    }
    if (this.#dropped > 0)
      this.#logger.warn({ dropped: this.#dropped }, 'captured requests were dropped: S3 is too slow for them');
    this.#dropped = 0;
  }

  #flush(model: string, variant: string, { lines, bytes }: Batch): void {
    this.#waiting.delete(`${model}/${variant}`);
    const key = captureKey(model, variant, new Date());
    // One after the other: a burst must not open a hundred uploads.
    this.#writing = this.#writing
      .then(() => this.#workspace.writeText(key, `${lines.join('\n')}\n`, 'application/jsonlines'))
      .catch((error: unknown) => {
        this.#onLoss(lines.length, 'write_failed');
        this.#logger.warn({ err: error, lines: lines.length }, 'captured requests could not be written');
      })
      .finally(() => {
        this.#bytes -= bytes;
      });
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#flushAll();
    await this.#writing;
  }
}
