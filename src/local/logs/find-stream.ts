import type { Account } from '../account.ts';
import { AwsError } from '../wire/aws-error.ts';
import type { LogStream } from './log-store.ts';

interface Address {
  logGroupName?: string;
  logGroupIdentifier?: string;
}

/** Throws ResourceNotFoundException in CloudWatch's words. */
export function findGroup(
  { logs }: Account,
  address: Address,
): { name: string; streams: ReadonlyMap<string, LogStream> } {
  const name =
    address.logGroupName ?? address.logGroupIdentifier?.replace(/^arn:.*:log-group:/, '').replace(/:\*$/, '');
  if (name === undefined) {
    throw new AwsError('InvalidParameterException', 'Either logGroupName or logGroupIdentifier must be provided.');
  }
  const streams = logs.streams(name);
  if (!streams) throw notFound('group');
  return { name, streams };
}

export function findStream(account: Account, address: Address & { logStreamName: string }): LogStream {
  const stream = findGroup(account, address).streams.get(address.logStreamName);
  if (!stream) throw notFound('stream');
  return stream;
}

const notFound = (what: string) =>
  new AwsError('ResourceNotFoundException', `The specified log ${what} does not exist.`);
