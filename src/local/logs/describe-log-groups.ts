import type { Account } from '../account.ts';
import type { Inputs } from '../api/logs.ts';
import { logGroupArn } from '../arn.ts';
import { pageOf } from '../wire/page-of.ts';

export const describeLogGroups = (input: Inputs['DescribeLogGroups'], account: Account) => {
  const pattern = input.logGroupNamePattern?.toLowerCase() ?? '';
  const names = account.logs
    .groups()
    .filter((name) => name.startsWith(input.logGroupNamePrefix ?? '') && name.toLowerCase().includes(pattern));
  const { page, nextToken } = pageOf(names, input, (name) => name);
  return {
    logGroups: page.map((name) => ({
      logGroupName: name,
      creationTime: Math.min(...[...(account.logs.streams(name)?.values() ?? [])].map(({ created }) => created)),
      metricFilterCount: 0,
      arn: `${logGroupArn(account, name)}:*`,
      logGroupArn: logGroupArn(account, name),
      storedBytes: 0,
      logGroupClass: 'STANDARD',
    })),
    ...(nextToken !== undefined && { nextToken }),
  };
};
