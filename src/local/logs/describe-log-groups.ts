import Type from 'typebox';
import { logGroupArn } from '../arn.ts';
import { operation } from '../wire/operation.ts';
import { GroupName, Page, pageOf } from './log-shapes.ts';

const Input = Type.Object({
  ...Page,
  logGroupNamePrefix: Type.Optional(GroupName),
  logGroupNamePattern: Type.Optional(GroupName),
});

export const describeLogGroups = operation(Input, (input, account) => {
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
});
