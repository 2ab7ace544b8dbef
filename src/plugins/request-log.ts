import type { FastifyBaseLogger, FastifyServerOptions } from 'fastify';
import type { RequestTrace } from '../tracing/trace.ts';

type Trace = Pick<RequestTrace, 'ids'>;
type Make = (more: RequestTrace['ids'] | Record<string, never>) => FastifyBaseLogger;
type Arguments = Parameters<FastifyBaseLogger['info']>;

/** A request's log, made when it is first written to: most requests have their line in the access log and no other. */
export class RequestLog {
  readonly #make: Make;
  #trace: Trace | undefined;
  #log: FastifyBaseLogger | undefined;

  constructor(make: Make) {
    this.#make = make;
  }

  get #made(): FastifyBaseLogger {
    this.#log ??= this.#make(this.#trace?.ids ?? {});
    return this.#log;
  }

  /** Has every line say which trace it belongs to. To be said before the first line. */
  carry(trace: Trace): void {
    this.#trace = trace;
  }

  get level(): string {
    return this.#made.level;
  }

  trace(...line: Arguments): void {
    this.#made.trace(...line);
  }

  debug(...line: Arguments): void {
    this.#made.debug(...line);
  }

  info(...line: Arguments): void {
    this.#made.info(...line);
  }

  warn(...line: Arguments): void {
    this.#made.warn(...line);
  }

  error(...line: Arguments): void {
    this.#made.error(...line);
  }

  fatal(...line: Arguments): void {
    this.#made.fatal(...line);
  }

  silent(...line: Arguments): void {
    this.#made.silent(...line);
  }

  child(...of: Parameters<FastifyBaseLogger['child']>): FastifyBaseLogger {
    return this.#made.child(...of);
  }
}

/** For Fastify, which would make a logger for every request. */
export const requestLog: NonNullable<FastifyServerOptions['childLoggerFactory']> = (
  logger,
  bindings,
  options,
): FastifyBaseLogger => new RequestLog((more) => logger.child({ ...bindings, ...more }, options));
