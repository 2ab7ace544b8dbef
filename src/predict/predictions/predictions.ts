import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { GatewayError } from '../../errors.ts';
import type { Aws } from '../../sagemaker/aws.ts';
import {
  type AsyncOrder,
  type AsyncPlaces,
  asyncFailure,
  invokeAsync,
  longestAsyncLife,
} from '../../sagemaker/invoke-async.ts';
import { parseS3Uri, type S3Object, type Workspace } from '../../sagemaker/workspace.ts';
import { beginInvocation, type Trace } from '../../tracing/trace.ts';
import type { CallableModel } from '../model.ts';
import { inputKey, type PredictionRecord, recordKey } from './record.ts';

/** A body on its way to an asynchronous endpoint. */
export interface AsyncInput {
  readonly contentType: string;
  readonly body: Buffer | Readable;
  readonly rows?: number | 'uncounted';
}

export type Outcome =
  | { readonly status: 'pending' }
  | { readonly status: 'failed'; readonly error: GatewayError }
  | { readonly status: 'done'; readonly output: S3Object };

/** Predictions that are asked for now and fetched later, from any replica: SageMaker does the work, S3 holds all that is known of them. */
export class AsyncPredictions {
  readonly #aws: Pick<Aws, 'runtime'>;
  readonly #workspace: Workspace;

  constructor(aws: Pick<Aws, 'runtime'>, workspace: Workspace) {
    this.#aws = aws;
    this.#workspace = workspace;
  }

  /**
   * The caller learns the id when the record of it is in S3 and not before. When the gateway dies at any point until then, nothing was promised and
   * at most an answer is left that nobody asks for; from then on SageMaker and S3 have all.
   */
  async submit(
    model: CallableModel,
    endpoint: string,
    input: AsyncInput,
    accept: string,
    trace?: Trace,
  ): Promise<PredictionRecord> {
    // Also the secret by which the answer can be fetched: 122 random bits.
    const id = randomUUID();
    const { contentType, body, rows } = input;
    const stream = Buffer.isBuffer(body) ? Readable.from([body], { objectMode: false }) : body;
    await this.#workspace.writeStream(inputKey(id), stream, contentType);
    try {
      const inputLocation = await this.#workspace.uri(inputKey(id));
      const order = { endpoint, inferenceId: id, contentType, accept, inputLocation };
      const places = await this.#queue(order, trace);
      const createdAt = new Date().toISOString();
      const record = { id, model, accept, createdAt, ...places, ...(rows === undefined ? {} : { rows }) };
      await this.#workspace.writeJson(recordKey(id), record);
      return record;
    } catch (error) {
      // What remains when this fails too is for the bucket's lifecycle rule.
      await this.#workspace.remove(inputKey(id)).catch(() => undefined);
      throw error;
    }
  }

  async #queue(order: AsyncOrder, trace: Trace | undefined): Promise<AsyncPlaces> {
    const span = beginInvocation(trace, 'InvokeEndpointAsync', order.endpoint);
    const { headers } = span ?? trace ?? {};
    try {
      const places = await invokeAsync(this.#aws, { ...order, ...(headers && { headers }) });
      span?.end();
      return places;
    } catch (error) {
      span?.end(undefined, error);
      throw error;
    }
  }

  /** @throws GatewayError not_found */
  async find(id: string): Promise<PredictionRecord> {
    const record = await this.#workspace.readJson<PredictionRecord>(recordKey(id));
    if (record === undefined) throw new GatewayError('not_found', `There is no prediction ${id}.`);
    return record;
  }

  async outcomeOf({ outputLocation, failureLocation, createdAt }: PredictionRecord): Promise<Outcome> {
    const output = await this.#workspace.open(parseS3Uri(outputLocation));
    if (output) return { status: 'done', output };
    const failure = failureLocation && (await this.#workspace.open(parseS3Uri(failureLocation)));
    if (failure) return { status: 'failed', error: asyncFailure(await text(failure.body)) };
    if (Date.now() < Date.parse(createdAt) + longestAsyncLife * 1_000) return { status: 'pending' };
    const error = new GatewayError('upstream_timeout', 'SageMaker left neither an answer nor a reason in its time.');
    return { status: 'failed', error };
  }
}
