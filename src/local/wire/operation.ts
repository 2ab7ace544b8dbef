import type { Account } from '../account.ts';
import type { ApiModel } from './api-model.ts';
import { AwsError } from './aws-error.ts';
import { validateInput } from './validate.ts';

/** An action of a service: takes the checked input, gives the response's members, or nothing for an empty response. Throws AwsError. */
export type Operation<I = never> = (input: I, account: Account) => unknown;

/** The actions that there are of a service's operations, each with its own input. */
export type Actions<Inputs> = { readonly [Name in keyof Inputs]?: Operation<Inputs[Name]> };

/** A service whose actions are named in the request. */
export interface Service {
  readonly name: string;
  readonly api: ApiModel;
  readonly actions: Readonly<Record<string, Operation>>;
  /** Code of the error for an input that breaks the API's constraints; services have their own. */
  readonly invalid: string;
  /** Actions that check and keep what they are told, and describe it back, but do not act on it: the README says so. */
  readonly acceptedOnly?: readonly string[];
}

/** Checks the input of an action against the service's API and runs it. @throws AwsError, UnknownOperationException for an action that there is not */
export function call(service: Service | undefined, action: string, input: unknown, account: Account): unknown {
  const run = service && Object.hasOwn(service.actions, action) ? service.actions[action] : undefined;
  if (!service || !run) throw new AwsError('UnknownOperationException', '');
  validateInput(service.api, action, input, service.invalid);
  return run(input as never, account);
}
