import type { Account } from '../account.ts';
import type { Inputs } from '../api/logs.ts';
import { AwsError } from '../wire/aws-error.ts';
import { findStream } from './find-stream.ts';

/**
 * A token is a position in the stream and a direction. CloudWatch has no "last page": at either end it gives back the token it was given,
 * and a forward token stays good for lines still to come.
 */
export const getLogEvents = (input: Inputs['GetLogEvents'], account: Account) => {
  const { events } = findStream(account, input);
  const limit = input.limit ?? 10_000;
  const { startTime = 0, endTime = Number.POSITIVE_INFINITY } = input;
  const token = input.nextToken === undefined ? undefined : parseToken(input.nextToken);
  const forward = token ? token.forward : (input.startFromHead ?? false);
  const start = token?.position ?? (forward ? 0 : events.length);

  const page: number[] = [];
  const step = forward ? 1 : -1;
  let at = forward ? start : start - 1;
  for (; page.length < limit && at >= 0 && at < events.length; at += step) {
    const time = events[at]?.timestamp ?? 0;
    if (time >= startTime && time < endTime) page.push(at);
  }
  const [low, high] = forward ? [start, at] : [at + 1, start];
  page.sort((a, b) => a - b);
  return {
    events: page.map((position) => events[position]),
    nextForwardToken: `f/${digits(high)}/s`,
    nextBackwardToken: `b/${digits(low)}/s`,
  };
};

const digits = (position: number) => String(position).padStart(56, '0');

function parseToken(token: string): { forward: boolean; position: number } {
  const match = /^([fb])\/(\d{56})\/s$/.exec(token);
  if (!match) throw new AwsError('InvalidParameterException', 'The specified nextToken is invalid.');
  return { forward: match[1] === 'f', position: Number(match[2]) };
}
