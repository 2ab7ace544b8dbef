import type { Account } from '../account.ts';
import type { ApiModel } from './api-model.ts';

/** An action of a service: takes the checked input, gives the response's members, or nothing for an empty response. Throws AwsError. */
export type Operation<I = never> = (input: I, account: Account) => unknown;

/** The actions that there are of a service's operations, each with its own input. */
export type Actions<Inputs> = { readonly [Name in keyof Inputs]?: Operation<Inputs[Name]> };

/** A service whose actions are named in the request. */
export interface Service {
  readonly api: ApiModel;
  readonly actions: Readonly<Record<string, Operation>>;
  /** Code of the error for an input that breaks the API's constraints; services have their own. */
  readonly invalid: string;
}
