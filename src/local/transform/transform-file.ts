import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { ModelServer } from '../hosting/model-server.ts';
import type { InputFile } from '../s3/input-files.ts';
import type { ObjectStore } from '../s3/object-store.ts';
import { parseS3Uri } from '../s3/s3-uri.ts';
import { storeObject } from '../s3/store-object.ts';
import { dataProcessing, isProcessable } from './data-processing.ts';
import { packPayloads, splitRecords } from './records.ts';
import type { TransformJob } from './transform-job.ts';

/** The model refused a payload. */
export class BadStatus extends Error {
  readonly status: number;

  constructor(status: number, body: Buffer) {
    super(body.toString());
    this.status = status;
  }
}

export interface TransformServices {
  objects: ObjectStore;
  server: ModelServer;
  /** Aborted when the job is stopped. */
  signal: AbortSignal;
}

const newline = Buffer.from('\n');
const withNewline = (bytes: Buffer) => (bytes.at(-1) === 0x0a ? bytes : Buffer.concat([bytes, newline]));

/** Sends one input object through the model, payload by payload, and stores the answers as one object in the order of the records, or nothing. */
export async function transformFile(
  job: TransformJob,
  file: InputFile,
  { objects, server, signal }: TransformServices,
): Promise<void> {
  const { TransformInput, TransformOutput, ModelClientConfig, BatchStrategy } = job;
  const { ContentType = 'application/octet-stream', SplitType = 'None', CompressionType } = TransformInput;
  const { S3OutputPath, Accept = '', AssembleWith } = TransformOutput;
  const processing = dataProcessing(job.DataProcessing ?? {}, ContentType);
  const retries = ModelClientConfig?.InvocationsMaxRetries ?? 3;
  const timeout = (ModelClientConfig?.InvocationsTimeoutInSeconds ?? 600) * 1000;

  async function invoke(body: Buffer) {
    for (let attempt = 0; ; attempt++) {
      const request = { contentType: ContentType, accept: Accept, body };
      const response = await server.invoke({
        ...request,
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeout)]),
      });
      if (response.status < 400) return response;
      if (response.status < 500 || attempt >= retries) throw new BadStatus(response.status, response.body);
    }
  }

  async function answer(records: Buffer[]): Promise<Buffer> {
    const sent = records.map(processing.before);
    const body = SplitType === 'Line' ? Buffer.concat(sent.map(withNewline)) : Buffer.concat(sent);
    const response = await invoke(body);
    if (!processing.output) return AssembleWith === 'Line' ? withNewline(response.body) : response.body;
    if (!isProcessable(response.contentType)) {
      throw new Error(`The output of type ${response.contentType} cannot be filtered or joined`);
    }
    const output = processing.after(records, response.body);
    return Buffer.concat(AssembleWith === 'Line' || output.length > 1 ? output.map(withNewline) : output);
  }

  const stored = objects.read(objects.get(file.bucket, file.key));
  const source: AsyncIterable<Buffer> = CompressionType === 'Gzip' ? gunzip(stored) : stored;
  const payloads = packPayloads(splitRecords(source, SplitType), {
    maxBytes: (job.MaxPayloadInMB || Number.POSITIVE_INFINITY) * 1024 * 1024,
    single: BatchStrategy === 'SingleRecord',
  });
  // As many payloads on the way as asked for; their answers come in order all the same.
  const answers = Readable.from(payloads).map(answer, { concurrency: job.MaxConcurrentTransforms || 1, signal });
  const { bucket, key } = parseS3Uri(S3OutputPath);
  const folder = key === '' || key.endsWith('/') ? key : `${key}/`;
  await storeObject(objects, { bucket, key: `${folder}${file.name}.out` }, answers, Accept || ContentType);
}

function gunzip(stored: Readable): Readable {
  const plain = createGunzip();
  stored.once('error', (error) => plain.destroy(error));
  return stored.pipe(plain);
}
