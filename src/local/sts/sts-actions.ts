import { api, type Inputs } from '../api/sts.ts';
import type { Actions } from '../wire/operation.ts';
import type { QueryService } from '../wire/query-protocol.ts';
import { getCallerIdentity } from './get-caller-identity.ts';

const actions: Actions<Inputs> = { GetCallerIdentity: getCallerIdentity };

export const sts: QueryService = {
  name: 'STS',
  api,
  actions,
  invalid: 'ValidationError',
  namespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
};
