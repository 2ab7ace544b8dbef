import { randomUUID } from 'node:crypto';
import type { FastifyBaseLogger } from 'fastify';
import type { DataCaptureConfig } from '../api/sagemaker.ts';
import type { ObjectStore } from '../s3/object-store.ts';
import { parseS3Uri } from '../s3/s3-uri.ts';
import { storeObject } from '../s3/store-object.ts';

/** How long lines wait for others of the same file, ms. A killed process loses them, as AWS may lose captures. */
const flushPause = 2_000;
const flushBytes = 1_000_000;

export interface Observed {
  contentType: string;
  body: Buffer;
}

export interface Captured {
  endpoint: string;
  variant: string;
  input: Observed;
  output: Observed;
  inferenceId?: string;
  customAttributes?: string;
}

interface Batch {
  lines: string[];
  bytes: number;
}

/** Writes what endpoints with a DataCaptureConfig were asked and answered into S3, in SageMaker's format. */
export class DataCapture {
  readonly #objects: ObjectStore;
  readonly #logger: FastifyBaseLogger;
  readonly #waiting = new Map<string, Batch>();
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(objects: ObjectStore, logger: FastifyBaseLogger) {
    this.#objects = objects;
    this.#logger = logger;
  }

  /** Takes a sample as large as the configuration says. */
  add(config: DataCaptureConfig, captured: Captured): void {
    if (Math.random() * 100 >= config.InitialSamplingPercentage) return;
    const folder = `${config.DestinationS3Uri.replace(/\/$/, '')}/${captured.endpoint}/${captured.variant}`;
    const batch = this.#waiting.get(folder) ?? { lines: [], bytes: 0 };
    this.#waiting.set(folder, batch);
    const line = captureLine(config, captured, new Date());
    batch.lines.push(line);
    batch.bytes += line.length;
    if (batch.bytes >= flushBytes) this.#flush(folder, batch);
    this.#timer ??= setTimeout(() => this.#flushAll(), flushPause).unref();
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#flushAll();
    await this.#writing;
  }

  #flushAll(): void {
    this.#timer = undefined;
    for (const [folder, batch] of this.#waiting) this.#flush(folder, batch);
  }

  #flush(folder: string, { lines }: Batch): void {
    this.#waiting.delete(folder);
    const place = parseS3Uri(`${folder}/${fileName(new Date())}`);
    this.#writing = this.#writing
      .then(() => storeObject(this.#objects, place, [Buffer.from(`${lines.join('\n')}\n`)], 'application/octet-stream'))
      .catch((error: Error) => this.#logger.warn({ err: error, lines: lines.length }, 'captures could not be written'));
  }
}

/** `2026/11/23/15/58-07-123-<uuid>.jsonl`, in UTC. */
function fileName(now: Date): string {
  const [date = '', time = ''] = now.toISOString().split('T');
  const [hour, minute, second = ''] = time.replace('Z', '').split(':');
  return `${date.replaceAll('-', '/')}/${hour}/${minute}-${second.replace('.', '-')}-${randomUUID()}.jsonl`;
}

function captureLine(config: DataCaptureConfig, captured: Captured, now: Date): string {
  const modes = config.CaptureOptions.map(({ CaptureMode }) => CaptureMode);
  const wants = (mode: 'Input' | 'Output') => modes.includes(mode) || modes.includes('InputAndOutput');
  const { inferenceId, customAttributes } = captured;
  return JSON.stringify({
    captureData: {
      ...(wants('Input') && { endpointInput: observed(config, captured.input, 'INPUT') }),
      ...(wants('Output') && { endpointOutput: observed(config, captured.output, 'OUTPUT') }),
    },
    eventMetadata: {
      eventId: randomUUID(),
      ...(inferenceId !== undefined && { inferenceId }),
      ...(customAttributes !== undefined && { customAttributes: [customAttributes] }),
      inferenceTime: now.toISOString().replace(/\.\d+Z$/, 'Z'),
    },
    eventVersion: '0',
  });
}

/** Text where the configuration names the type as CSV or JSON, base64 otherwise. */
function observed({ CaptureContentTypeHeader }: DataCaptureConfig, { contentType, body }: Observed, mode: string) {
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  const listed = (types: readonly string[] = []) => types.some((each) => each.toLowerCase() === type);
  const encoding = listed(CaptureContentTypeHeader?.CsvContentTypes)
    ? 'CSV'
    : listed(CaptureContentTypeHeader?.JsonContentTypes)
      ? 'JSON'
      : 'BASE64';
  const data = body.toString(encoding === 'BASE64' ? 'base64' : 'utf8');
  return { observedContentType: contentType, mode, data, encoding };
}
