import type { Static, TSchema } from 'typebox';
import type { Account } from '../account.ts';
import { inputOf } from './validate.ts';

/** An action of a JSON service: takes the parsed request, gives the response's members, or nothing for an empty response. Throws AwsError. */
export type Operation = (body: unknown, account: Account) => unknown;

/** Ties an action to the shape of its input. */
export function operation<S extends TSchema>(
  input: S,
  answer: (input: Static<S>, account: Account) => object | Promise<object> | Promise<void>,
): Operation {
  const check = inputOf(input);
  return (body, account) => answer(check(body), account);
}
