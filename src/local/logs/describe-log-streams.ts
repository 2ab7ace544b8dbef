import Type from 'typebox';
import { logGroupArn } from '../arn.ts';
import { AwsError } from '../wire/aws-error.ts';
import { operation } from '../wire/operation.ts';
import { findGroup } from './find-stream.ts';
import { GroupAddress, Page, pageOf, StreamName } from './log-shapes.ts';
import type { LogStream } from './log-store.ts';

const Input = Type.Object({
  ...GroupAddress,
  ...Page,
  logStreamNamePrefix: Type.Optional(StreamName),
  orderBy: Type.Optional(Type.Enum(['LogStreamName', 'LastEventTime'])),
  descending: Type.Optional(Type.Boolean()),
});

const lastEventTime = ({ events, created }: LogStream) => events.at(-1)?.timestamp ?? created;

export const describeLogStreams = operation(Input, (input, account) => {
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
});

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
