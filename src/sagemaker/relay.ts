import type { Readable } from 'node:stream';
import { Agent } from 'undici';
import { GatewayError } from '../errors.ts';
import { translateFault } from './fault.ts';
import { parseFault } from './invoke.ts';
import type { RuntimeTarget } from './runtime-target.ts';
import { Signer } from './sigv4.ts';

/** The operations of the runtime API by the last part of their paths. */
export type RuntimeOperation = 'invocations' | 'invocations-response-stream' | 'async-invocations';

export interface RelayedRequest {
  readonly endpoint: string;
  readonly operation: RuntimeOperation;
  /** By their wire names in lower case; values must be printable ASCII. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Ends the call at any moment; its reason is what is thrown. */
  readonly signal: AbortSignal;
}

export interface RelayedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** A stream that reads no faster than it is read, or an error's bytes. */
  readonly body: Readable | Buffer;
}

/** Calls of the runtime API with the caller's bytes and the gateway's signature, whose answers, errors included, are left as they are. */
export interface Relay {
  /** @throws GatewayError when there is no answer, or none that a caller may see */
  send(request: RelayedRequest): Promise<RelayedAnswer>;
  close(): Promise<void>;
}

/** What AWS says of a wrong signature quotes the signed request, session token and all: of refused credentials only the log hears more. */
function throwIfRefused(answer: { status: number; headers: RelayedAnswer['headers']; body: Buffer }): void {
  const fault = parseFault(answer);
  const translated = translateFault(fault, fault);
  if (translated.code === 'aws_access_denied') throw translated;
}

export function createRelay(target: RuntimeTarget, connections = 1_024): Relay {
  const agent = new Agent({ connections, pipelining: 1, keepAliveTimeout: 60_000, headersTimeout: 0, bodyTimeout: 0 });
  const signer = new Signer('sagemaker', target.region);

  async function dispatch({ endpoint, operation, headers, body, signal }: RelayedRequest) {
    const path = `${target.basePath}/endpoints/${endpoint}/${operation}`;
    const signed = signer.sign(
      {
        method: 'POST',
        host: target.host,
        path,
        headers: { ...headers, 'content-length': String(body.byteLength) },
        body,
      },
      await target.credentials(),
    );
    try {
      return await agent.request({ origin: target.origin, path, method: 'POST', headers: signed, body, signal });
    } catch (cause) {
      if (cause instanceof GatewayError) throw cause;
      throw new GatewayError('upstream_unavailable', 'SageMaker cannot be reached.', { retryAfter: 1, cause });
    }
  }

  return {
    async send(request) {
      const { statusCode: status, headers, body } = await dispatch(request);
      if (status < 400) return { status, headers, body };
      const bytes = Buffer.from(await body.arrayBuffer());
      throwIfRefused({ status, headers, body: bytes });
      return { status, headers, body: bytes };
    },
    close: () => agent.close(),
  };
}
