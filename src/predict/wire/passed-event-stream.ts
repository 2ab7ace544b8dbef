import { type Readable, Transform, type TransformCallback } from 'node:stream';
import { GatewayError } from '../../errors.ts';
import { Boundaries } from '../../event-stream/boundaries.ts';
import { brokenOff } from '../../sagemaker/fault.ts';

/**
 * An event stream on its way through, untouched to the byte, that ends as its protocol says when it cannot come whole: with an exception after the
 * last whole message. Where no byte has passed, or a message will never be whole, it fails instead. Its source is to be ended by who opened it.
 */
export class PassedEventStream extends Transform {
  /** The message that tells what happened. */
  readonly #exceptionOf: (failure: GatewayError) => Uint8Array;
  readonly #messages = new Boundaries();
  #begun = false;
  #over = false;
  /** Why it is to end with the message that is passing. */
  #stopped: GatewayError | undefined;
  /** Why its source ended before its end. */
  #broken: GatewayError | undefined;

  constructor(source: Readable, exceptionOf: (failure: GatewayError) => Uint8Array) {
    super();
    this.#exceptionOf = exceptionOf;
    source.on('error', (error) => {
      if (this.#over || this.destroyed) return;
      this.#broken = error instanceof GatewayError ? error : brokenOff(error);
      // After what came before, which may still wait for its reader.
      this.end();
    });
    source.pipe(this);
  }

  /** Ends it now, or with the message that is passing. */
  stop(reason: GatewayError): void {
    if (this.#over || this.destroyed) return;
    this.#stopped = reason;
    if (!this.#begun) this.destroy(reason);
    else if (this.#messages.between) this.#end(reason);
  }

  #end(reason: GatewayError): void {
    this.#over = true;
    this.push(this.#exceptionOf(reason));
    this.push(null);
  }

  override _transform(bytes: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    // What was on its way here when it ended stays behind.
    if (!this.#over) this.#pass(bytes);
    done();
  }

  #pass(bytes: Buffer): void {
    this.#begun = true;
    let at = this.#messages.take(bytes, 0);
    if (this.#stopped !== undefined) {
      this.push(bytes.subarray(0, at));
      if (this.#messages.between) this.#end(this.#stopped);
      return;
    }
    while (at < bytes.length) at = this.#messages.take(bytes, at);
    this.push(bytes);
  }

  override _flush(done: TransformCallback): void {
    const broken = this.#over ? undefined : this.#broken;
    this.#over = true;
    if (broken === undefined) done();
    else if (this.#begun && this.#messages.between) done(null, this.#exceptionOf(broken));
    else done(broken);
  }
}
