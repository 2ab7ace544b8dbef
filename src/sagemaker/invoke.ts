import { type Dispatcher, Pool } from 'undici';
import { GatewayError } from '../errors.ts';
import { type AwsFault, notFromAws, translateFault } from './fault.ts';
import type { RuntimeTarget } from './runtime-target.ts';
import { type Credentials, Signer } from './sigv4.ts';

/** One InvokeEndpoint call. Header values must be printable ASCII. */
export interface Invocation {
  readonly endpoint: string;
  readonly contentType: string;
  readonly accept: string;
  readonly body: Uint8Array;
  /** The optional headers of SageMaker, by their wire names in lower case. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** When the answer must be there, on the clock of performance.now(), ms. */
  readonly deadline: number;
}

export interface InvocationResult {
  readonly contentType: string;
  readonly body: Buffer;
  /** The response headers that SageMaker means for the caller, by their wire names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export interface Invoker {
  /**
   * @param traced headers of the request's trace, beside the invocation's own
   * @throws GatewayError as translated from what SageMaker answered
   */
  invoke(invocation: Invocation, traced?: Readonly<Record<string, string>>): Promise<InvocationResult>;
  /** Lets calls under way have their answers. @param reason with which they fail instead, and all that come later */
  close(reason?: GatewayError): Promise<void>;
}

type Answer = { readonly status: number; readonly headers: InvocationResult['headers']; readonly body: Buffer };

const nothing = Buffer.alloc(0);

/** Collects one response and settles its call; undici calls it directly, with no stream object between (a fifth of the request's cost). */
class Collector implements Dispatcher.DispatchHandler {
  readonly #resolve: (result: InvocationResult) => void;
  readonly #reject: (error: Error) => void;
  readonly #timer: NodeJS.Timeout;
  #status = 0;
  #headers: InvocationResult['headers'] = {};
  #body: Buffer = nothing;
  #more: Buffer[] | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #late = false;

  constructor(deadline: number, resolve: (result: InvocationResult) => void, reject: (error: Error) => void) {
    this.#resolve = resolve;
    this.#reject = reject;
    this.#timer = setTimeout(expire, deadline - performance.now(), this);
  }

  expire(): void {
    const error = new GatewayError('upstream_timeout', 'The model did not answer in time.');
    this.#late = true;
    this.#controller?.abort(error);
    this.#reject(error);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // A request that was waiting for a connection when its time ran out is not sent any more.
    if (this.#late) controller.abort(new Error('too late'));
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: InvocationResult['headers'],
  ): void {
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#body === nothing) this.#body = chunk;
    else if (this.#more === undefined) this.#more = [this.#body, chunk];
    else this.#more.push(chunk);
  }

  onResponseEnd(): void {
    clearTimeout(this.#timer);
    const headers = this.#headers;
    const body = this.#more === undefined ? this.#body : Buffer.concat(this.#more);
    if (this.#status < 300) {
      this.#resolve({ contentType: text(headers['content-type']) ?? '', body, headers });
      return;
    }
    const fault = parseFault({ status: this.#status, headers, body });
    this.#reject(translateFault(fault, fault));
  }

  onResponseError(_controller: Dispatcher.DispatchController, cause: Error): void {
    clearTimeout(this.#timer);
    this.#reject(
      cause instanceof GatewayError
        ? cause
        : new GatewayError('upstream_unavailable', 'SageMaker cannot be reached.', {
            retryAfter: 1,
            cause,
            // Once an answer has begun the model did its work.
            ...(this.#status === 0 ? { retrySafe: true as const } : {}),
          }),
    );
  }
}

const expire = (collector: Collector): void => collector.expire();

const text = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value);

/** The members of an error; none when it is JSON but not an object. */
function membersOf(body: Buffer): Record<string, unknown> {
  if (body.length === 0) return {};
  try {
    return Object(JSON.parse(body.toString())) as Record<string, unknown>;
  } catch {
    return { message: notFromAws };
  }
}

/** The error in an answer of the runtime API (restJson1): its type in a header or in the body, `Message` or `message`. */
export function parseFault({ status, headers, body }: Answer): AwsFault {
  const fields = membersOf(body);
  const type = [text(headers['x-amzn-errortype']), fields.code, fields.__type].find(
    (each) => typeof each === 'string' && each !== '',
  ) as string | undefined;
  const message = fields.message ?? fields.Message;
  return {
    // The type may carry a namespace before `#`, and a URL after `:`.
    name: type?.split(',')[0]?.split(':')[0]?.split('#').at(-1) ?? '',
    status,
    message: typeof message === 'string' ? message : '',
    requestId: text(headers['x-amzn-requestid']),
    originalStatusCode: typeof fields.OriginalStatusCode === 'number' ? fields.OriginalStatusCode : undefined,
    originalMessage: typeof fields.OriginalMessage === 'string' ? fields.OriginalMessage : undefined,
  };
}

/**
 * The hot path: InvokeEndpoint signed and sent with little code. The AWS SDK's client does the same at a seventh of the speed; a contract
 * suite holds that requests, signatures, answers and errors of the two are equal.
 */
export function createInvoker(target: RuntimeTarget, connections = 256): Invoker {
  const pool = new Pool(target.origin, {
    ...{ connections, pipelining: 1, keepAliveTimeout: 60_000 },
    // Each call has a deadline of its own.
    ...{ headersTimeout: 0, bodyTimeout: 0 },
  });
  const signer = new Signer('sagemaker', target.region);
  let ended: GatewayError | undefined;

  function send(
    { endpoint, contentType, accept, body, headers, deadline }: Invocation,
    traced: Readonly<Record<string, string>> | undefined,
    credentials: Credentials,
  ): Promise<InvocationResult> {
    return new Promise((resolve, reject) => {
      const path = `${target.basePath}/endpoints/${endpoint}/invocations`;
      const own: Record<string, string> = {
        accept,
        'content-type': contentType,
        'content-length': String(body.byteLength),
      };
      // One by one: an object that begins as the copy of a smaller one is moved with each header that is added to it.
      for (const name in headers) own[name] = headers[name] as string;
      for (const name in traced) own[name] = traced[name] as string;
      const signed = signer.sign({ method: 'POST', host: target.host, path, headers: own, body }, credentials);
      pool.dispatch({ path, method: 'POST', headers: signed, body }, new Collector(deadline, resolve, reject));
    });
  }

  return {
    invoke(invocation, traced) {
      if (ended !== undefined) return Promise.reject(ended);
      const credentials = target.credentials();
      return credentials instanceof Promise
        ? credentials.then((late) => send(invocation, traced, late))
        : send(invocation, traced, credentials);
    },
    async close(reason) {
      if (reason === undefined) return pool.destroyed ? undefined : pool.close();
      ended = reason;
      await pool.destroy(reason);
    },
  };
}
