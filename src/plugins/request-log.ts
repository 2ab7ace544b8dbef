import type { FastifyBaseLogger, FastifyServerOptions } from 'fastify';

type Make = () => FastifyBaseLogger;
type Arguments = Parameters<FastifyBaseLogger['info']>;

/** A request's log, made when it is first written to: most requests have their line in the access log and no other. */
class RequestLog {
  readonly #make: Make;
  #log: FastifyBaseLogger | undefined;

  constructor(make: Make) {
    this.#make = make;
  }

  get #made(): FastifyBaseLogger {
    this.#log ??= this.#make();
    return this.#log;
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

/** A log that is made when it is first written to. */
export const lazyLog = (make: Make): FastifyBaseLogger => new RequestLog(make);

/** For Fastify, which would make a logger for every request. */
export const requestLog: NonNullable<FastifyServerOptions['childLoggerFactory']> = (logger, bindings, options) =>
  lazyLog(() => logger.child(bindings, options));
