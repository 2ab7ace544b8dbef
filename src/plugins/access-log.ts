import type { FastifyBaseLogger, FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import type { AccessLogField } from '../config/access-log.ts';
import type { GatewayError } from '../errors.ts';
import { lineLog, member } from '../line-log.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Public name of the model that was asked, once it is known to exist. */
    model: string | undefined;
    /** Time that SageMaker took, ms. */
    sagemakerMs: number | undefined;
    /** SageMaker's own id of the request, by which AWS finds it. */
    sagemakerRequestId: string | undefined;
    /** Why it was refused or failed. */
    failure: GatewayError | undefined;
    /** What had passed the connection before the request. */
    readBefore: number;
    writtenBefore: number;
  }
}

type Read = (request: FastifyRequest, reply: FastifyReply) => unknown;

/** Milliseconds as they are told: to the hundredth. */
export const inMs = (value: number): number => Math.round(value * 100) / 100;

const lengthIn = (value: unknown): number | undefined => (value === undefined ? undefined : Number(value));

/** Where AWS's answer to a failed call has its id: our own reading of it, or the SDK's error. */
function requestIdOf(cause: unknown): unknown {
  if (typeof cause !== 'object' || cause === null) return undefined;
  if ('requestId' in cause) return cause.requestId;
  return '$metadata' in cause ? (cause.$metadata as { requestId?: unknown } | undefined)?.requestId : undefined;
}

/** No header that may hold a secret, no query, no body: what a caller chose is in it only where its form was checked. */
const readers: Readonly<Record<AccessLogField, Read>> = {
  client: ({ client }) => client?.name,
  address: ({ ip }) => ip,
  method: ({ method }) => method,
  route: ({ route }) => route.url,
  model: ({ model }) => model,
  status: (_request, { statusCode }) => statusCode,
  bytesIn: ({ headers, raw, readBefore }) =>
    lengthIn(headers['content-length']) ??
    (headers['transfer-encoding'] === undefined ? 0 : (raw.socket?.bytesRead ?? 0) - readBefore),
  bytesOut: ({ raw, writtenBefore }, reply) =>
    lengthIn(reply.getHeader('content-length')) ?? (raw.socket?.bytesWritten ?? 0) - writtenBefore,
  durationMs: (_request, { elapsedTime }) => inMs(elapsedTime),
  gatewayMs: ({ sagemakerMs }, { elapsedTime }) =>
    sagemakerMs === undefined ? undefined : inMs(elapsedTime - sagemakerMs),
  sagemakerMs: ({ sagemakerMs }) => (sagemakerMs === undefined ? undefined : inMs(sagemakerMs)),
  sagemakerRequestId: ({ sagemakerRequestId, failure }) => sagemakerRequestId ?? requestIdOf(failure?.facts.cause),
  userAgent: ({ headers }) => headers['user-agent']?.slice(0, 256),
};

/** The client's mistakes are the client's business; what fails at AWS is worth a look; only our own failure is an error. */
const levelOf = ({ statusCode, code }: GatewayError): 'info' | 'warn' | 'error' =>
  statusCode < 500 ? 'info' : code === 'internal' ? 'error' : 'warn';

/** @param line what every line says */
function writeFailure(log: FastifyBaseLogger, line: Record<string, unknown>, failure: GatewayError): void {
  const level = levelOf(failure);
  line.code = failure.code;
  if (level !== 'info' && failure.facts.cause !== undefined) line.err = failure.facts.cause;
  // The detail of a refusal can quote the request, and bodies are not logged.
  log[level](line, level === 'info' ? failure.title : failure.message);
}

export interface AccessLogOptions {
  /** False: only requests that failed have a line. */
  readonly accessLog: boolean;
  readonly fields: readonly AccessLogField[];
}

/** One line for each request, when its answer is out. */
export default fp<AccessLogOptions>(
  async (app, { accessLog, fields }) => {
    const writeLine = lineLog(app.log);
    const chosen = fields.map((field) => [field, readers[field]] as const);
    app.decorateRequest('model', undefined);
    app.decorateRequest('sagemakerMs', undefined);
    app.decorateRequest('sagemakerRequestId', undefined);
    app.decorateRequest('failure', undefined);
    app.decorateRequest('readBefore', 0);
    app.decorateRequest('writtenBefore', 0);

    if (accessLog && fields.some((field) => field === 'bytesIn' || field === 'bytesOut')) {
      app.addHook('onRequest', (request, _reply, done) => {
        const { socket } = request.raw;
        // Asked only for a body of unknown length: it is a call into Node's own code.
        if (request.headers['transfer-encoding'] !== undefined) request.readBefore = socket?.bytesRead ?? 0;
        request.writtenBefore = socket?.bytesWritten ?? 0;
        done();
      });
    }
    app.addHook('onResponse', (request, reply, done) => {
      const { failure } = request;
      if (accessLog || failure !== undefined) {
        let members = member('requestId', request.id);
        if (request.trace !== undefined) {
          const { trace_id, span_id, trace_flags } = request.trace.ids;
          // Hexadecimal digits all, with nothing to escape.
          members += `,"trace_id":"${trace_id}","span_id":"${span_id}","trace_flags":"${trace_flags}"`;
        }
        for (const [field, read] of chosen) members += member(field, read(request, reply));
        if (!reply.raw.writableFinished) members += member('aborted', true);
        if (failure === undefined) writeLine(members, 'request');
        else writeFailure(app.log, JSON.parse(`{${members.slice(1)}}`), failure);
      }
      done();
    });
  },
  { name: 'access-log' },
);
