import { Agent, type Dispatcher } from 'undici';
import { GatewayError } from '../errors.ts';
import { type AwsFault, notFromAws, translateFault } from './fault.ts';
import type { RuntimeTarget } from './runtime-target.ts';
import { Signer } from './sigv4.ts';

/** One InvokeEndpoint call. Header values must be printable ASCII. */
export interface Invocation {
  readonly endpoint: string;
  readonly contentType: string;
  readonly accept: string;
  readonly body: Uint8Array;
  /** The optional headers of SageMaker, by their wire names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

export interface InvocationResult {
  readonly contentType: string;
  readonly body: Buffer;
  /** The response headers that SageMaker means for the caller, by their wire names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export interface Invoker {
  /** @throws GatewayError as translated from what SageMaker answered */
  invoke(invocation: Invocation): Promise<InvocationResult>;
  close(): Promise<void>;
}

type Answer = { readonly status: number; readonly headers: InvocationResult['headers']; readonly body: Buffer };

/** Collects one response; undici calls it directly, with no stream object between (a fifth of the request's cost). */
class Collector implements Dispatcher.DispatchHandler {
  readonly answer: Promise<Answer>;
  #resolve!: (answer: Answer) => void;
  #reject!: (error: Error) => void;
  #status = 0;
  #headers: InvocationResult['headers'] = {};
  readonly #chunks: Buffer[] = [];
  #controller: Dispatcher.DispatchController | undefined;
  readonly #deadline: NodeJS.Timeout;
  #late = false;

  constructor(timeoutMs: number) {
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#deadline = setTimeout(() => {
      const error = new GatewayError('upstream_timeout', `The model did not answer within ${timeoutMs} ms.`);
      this.#late = true;
      this.#controller?.abort(error);
      this.#reject(error);
    }, timeoutMs);
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
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    clearTimeout(this.#deadline);
    const [first = Buffer.alloc(0)] = this.#chunks;
    const body = this.#chunks.length < 2 ? first : Buffer.concat(this.#chunks);
    this.#resolve({ status: this.#status, headers: this.#headers, body });
  }

  onResponseError(_controller: Dispatcher.DispatchController, cause: Error): void {
    clearTimeout(this.#deadline);
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
  const agent = new Agent({ connections, pipelining: 1, keepAliveTimeout: 60_000, headersTimeout: 0, bodyTimeout: 0 });
  const signer = new Signer('sagemaker', target.region);

  return {
    async invoke({ endpoint, contentType, accept, body, headers, timeoutMs }) {
      const path = `${target.basePath}/endpoints/${endpoint}/invocations`;
      const signed = signer.sign(
        {
          method: 'POST',
          host: target.host,
          path,
          headers: { ...headers, accept, 'content-type': contentType, 'content-length': String(body.byteLength) },
          body,
        },
        await target.credentials(),
      );
      const collector = new Collector(timeoutMs);
      agent.dispatch({ origin: target.origin, path, method: 'POST', headers: signed, body }, collector);
      const answer = await collector.answer;
      if (answer.status >= 300) {
        const fault = parseFault(answer);
        throw translateFault(fault, fault);
      }
      return { contentType: text(answer.headers['content-type']) ?? '', body: answer.body, headers: answer.headers };
    },
    close: () => agent.close(),
  };
}
