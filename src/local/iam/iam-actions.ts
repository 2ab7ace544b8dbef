import { api, type Inputs } from '../api/iam.ts';
import type { Actions } from '../wire/operation.ts';
import type { QueryService } from '../wire/query-protocol.ts';
import { getRole } from './get-role.ts';

const actions: Actions<Inputs> = { GetRole: getRole };

export const iam: QueryService = {
  name: 'IAM',
  api,
  actions,
  invalid: 'ValidationError',
  namespace: 'https://iam.amazonaws.com/doc/2010-05-08/',
};
