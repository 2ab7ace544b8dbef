import type { Account } from '../account.ts';
import type { Inputs } from '../api/iam.ts';
import { partition } from '../arn.ts';
import type { XmlValue } from '../wire/xml.ts';

/** Every role is there, and SageMaker may assume it: permissions are not checked here. */
export function getRole({ RoleName }: Inputs['GetRole'], account: Account): XmlValue {
  return {
    Role: {
      Path: '/',
      RoleName,
      RoleId: 'AROALOCALLOCALLOCALLO',
      Arn: `arn:${partition(account)}:iam::${account.accountId}:role/${RoleName}`,
      CreateDate: '2017-11-29T00:00:00Z',
      AssumeRolePolicyDocument: trust,
      MaxSessionDuration: 3600,
    },
  };
}

/** IAM gives policies URL-encoded. */
const trust = encodeURIComponent(
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: 'sagemaker.amazonaws.com' }, Action: 'sts:AssumeRole' }],
  }),
);
