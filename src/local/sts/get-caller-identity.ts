import type { Account } from '../account.ts';
import { partition } from '../arn.ts';
import type { XmlValue } from '../wire/xml.ts';

export function getCallerIdentity(_input: object, account: Account): XmlValue {
  const { accountId } = account;
  return {
    Arn: `arn:${partition(account)}:sts::${accountId}:assumed-role/local/local`,
    UserId: 'AROALOCALLOCALLOCALLO:local',
    Account: accountId,
  };
}
