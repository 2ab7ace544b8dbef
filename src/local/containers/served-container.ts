import { mkdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Dispatcher, request as send } from 'undici';
import type { ModelRequest, ModelResponse, ModelServer, ModelStream } from '../hosting/model-server.ts';
import { AwsError } from '../wire/aws-error.ts';
import type { ServerLaunch } from './container-runtime.ts';
import { type Run, runContainer } from './run-container.ts';

/** What SageMaker gives a serving container between SIGTERM and SIGKILL, ms. */
const grace = 30_000;
/** How long one may take to answer its first ping, and each ping, ms. */
const startLimit = 4 * 60_000;
const pingLimit = 2_000;
/** How long it may take to answer an invocation, ms; a response stream is bounded by who asks for it. */
const invocationLimit = 60_000;
const between = 100;

const timedOut =
  'Your invocation timed out while waiting for a response from container primary. Review the latency metrics for each container in Amazon CloudWatch, resolve the issue, and try again.';

/** A folder that holds `model`, as a container finds it under /opt/ml, for a model that has been unpacked in `modelDir`. */
export async function prefixFor(modelDir: string): Promise<string> {
  const prefix = `${modelDir}.opt-ml`;
  await rm(prefix, { recursive: true, force: true });
  await mkdir(prefix, { recursive: true });
  await symlink(modelDir, join(prefix, 'model'), 'junction');
  return prefix;
}

/** A serving container, spoken to over HTTP: GET /ping, POST /invocations. One that ends is started again, as SageMaker does it. */
export class ServedContainer implements ModelServer {
  readonly #launch: ServerLaunch;
  readonly #log: (line: string) => void;
  #run: Run | undefined;
  /** Undefined while it is not healthy. */
  #origin: string | undefined;
  #closed = false;

  private constructor(launch: ServerLaunch, log: (line: string) => void) {
    this.#launch = launch;
    this.#log = log;
  }

  /** Resolves when it answers /ping. Throws when it ends before, or does not answer within 4 minutes. */
  static async start(launch: ServerLaunch, log: (line: string) => void): Promise<ServedContainer> {
    const server = new ServedContainer(launch, log);
    try {
      await server.#start();
    } catch (error) {
      await server.close();
      throw error;
    }
    return server;
  }

  async invoke(request: ModelRequest): Promise<ModelResponse> {
    // Who sets a limit of its own, as asynchronous endpoints and transforms do, also says what comes of it.
    const limit = request.signal ?? AbortSignal.timeout(invocationLimit);
    try {
      const { body, ...head } = await this.#post(request, limit);
      return { ...head, body: Buffer.from(await body.arrayBuffer()) };
    } catch (error) {
      if (request.signal || !limit.aborted) throw error;
      return { status: 0, contentType: 'text/plain', body: Buffer.from(timedOut) };
    }
  }

  stream(request: ModelRequest): Promise<ModelStream> {
    return this.#post(request, request.signal);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#origin = undefined;
    this.#run?.stop();
    await this.#run?.done.catch(() => undefined);
  }

  async #post(request: ModelRequest, limit: AbortSignal | undefined) {
    const { contentType, accept, customAttributes, sessionId, body } = request;
    const origin = this.#origin;
    if (origin === undefined) throw unavailable();
    const answer = await send(`${origin}/invocations`, {
      method: 'POST',
      headers: {
        'content-type': contentType,
        accept,
        ...(customAttributes !== undefined && { 'x-amzn-sagemaker-custom-attributes': customAttributes }),
        ...(sessionId !== undefined && { 'x-amzn-sagemaker-session-id': sessionId }),
      },
      body,
      ...(limit && { signal: limit }),
      headersTimeout: 0,
      bodyTimeout: 0,
    }).catch((error: Error) => {
      if (limit?.aborted) throw error;
      throw unavailable();
    });
    return { ...headOf(answer), body: answer.body };
  }

  async #start(): Promise<void> {
    const run = runContainer(this.#launch, { words: ['serve'], grace, onLine: this.#log });
    this.#run = run;
    let ended: string | undefined;
    run.done.then(
      (code) => {
        ended = `ended with exit code ${code}`;
      },
      (error: Error) => {
        ended = `cannot be started: ${error.message}`;
      },
    );
    const until = Date.now() + startLimit;
    while (!(await this.#ping())) {
      if (this.#closed) return;
      if (ended !== undefined) throw new Error(`The container ${ended}.`);
      if (Date.now() > until) throw new Error('The container did not answer GET /ping with 200 within 4 minutes.');
      await sleep(between);
    }
    run.done.then(() => this.#again()).catch(() => undefined);
  }

  async #ping(): Promise<boolean> {
    const port = await this.#launch.port();
    if (port === undefined) return false;
    const origin = `http://127.0.0.1:${port}`;
    try {
      const { statusCode, body } = await send(`${origin}/ping`, { signal: AbortSignal.timeout(pingLimit) });
      await body.dump();
      if (statusCode !== 200 || this.#closed) return false;
    } catch {
      return false;
    }
    this.#origin = origin;
    return true;
  }

  async #again(): Promise<void> {
    this.#origin = undefined;
    while (!this.#closed && this.#origin === undefined) {
      this.#log('The container has ended; it is started again.');
      await sleep(1_000);
      await this.#start().catch((error: Error) => this.#log(error.message));
    }
  }
}

function headOf({ statusCode, headers }: Dispatcher.ResponseData): Omit<ModelStream, 'body'> {
  const text = (name: string) => {
    const value = headers[`x-amzn-sagemaker-${name}`];
    return typeof value === 'string' ? value : undefined;
  };
  const customAttributes = text('custom-attributes');
  const newSessionId = text('new-session-id');
  const closedSessionId = text('closed-session-id');
  return {
    status: statusCode,
    contentType: String(headers['content-type'] ?? ''),
    ...(customAttributes !== undefined && { customAttributes }),
    ...(newSessionId !== undefined && { newSessionId }),
    ...(closedSessionId !== undefined && { closedSessionId }),
  };
}

const unavailable = () => new AwsError('ServiceUnavailable', 'The container is not available. Try again.', 503);
