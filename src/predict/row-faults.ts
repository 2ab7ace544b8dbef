import { type FieldError, GatewayError } from '../errors.ts';

/** More than these are not listed: the first few tell what is wrong, and an answer must not grow with a hostile request. */
const listed = 20;

/** Collects what is wrong with the rows of one request, so that all of it is told at once. */
export class RowFaults {
  readonly #errors: FieldError[] = [];
  #count = 0;

  add(pointer: string, detail: string): void {
    this.#count += 1;
    if (this.#errors.length < listed) this.#errors.push({ pointer, detail });
  }

  get any(): boolean {
    return this.#count > 0;
  }

  /** @throws GatewayError validation_failed when there is any */
  throwIfAny(): void {
    const [first] = this.#errors;
    if (first === undefined) return;
    const more = this.#count > 1 ? ` (and ${this.#count - 1} more)` : '';
    throw new GatewayError('validation_failed', `${first.detail}${more}.`, { errors: this.#errors });
  }
}
