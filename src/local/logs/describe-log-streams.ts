import type { Account } from '../account.ts';
import type { Inputs } from '../api/logs.ts';
import { logGroupArn } from '../arn.ts';
import { AwsError } from '../wire/aws-error.ts';
import { pageOf } from '../wire/page-of.ts';
import { findGroup } from './find-stream.ts';
import type { LogStream } from './log-store.ts';

const lastEventTime = ({ events, created }: LogStream) => events.at(-1)?.timestamp ?? created;

export const describeLogStreams = (input: Inputs['DescribeLogStreams'], account: Account) => {
  const group = findGroup(account, input);
  const byTime = input.orderBy === 'LastEventTime';
  if (byTime && input.logStreamNamePrefix !== undefined) {
    throw new AwsError('InvalidParameterException', 'Cannot order by LastEventTime with a logStreamNamePrefix.');
  }
  const streams = [...group.streams.values()]
    .filter(({ name }) => name.startsWith(input.logStreamNamePrefix ?? ''))
    .sort((a, b) => (byTime && lastEventTime(a) - lastEventTime(b)) || (a.name < b.name ? -1 : 1));
  if (input.descending) streams.reverse();
  const { page, nextToken } = pageOf(streams, input, ({ name }) => name);
  return {
    logStreams: page.map((stream) => describe(stream, logGroupArn(account, group.name))),
    ...(nextToken !== undefined && { nextToken }),
  };
};

const describe = ({ name, created, events }: LogStream, groupArn: string) => ({
  logStreamName: name,
  creationTime: created,
  firstEventTimestamp: events[0]?.timestamp,
  lastEventTimestamp: events.at(-1)?.timestamp,
  lastIngestionTime: events.at(-1)?.ingestionTime,
  arn: `${groupArn}:log-stream:${name}`,
  // CloudWatch has reported zero for every stream since 2019.
  storedBytes: 0,
});
