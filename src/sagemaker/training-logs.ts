import { DescribeLogStreamsCommand, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { GatewayError } from '../errors.ts';
import type { Aws } from './aws.ts';
import { sending } from './fault.ts';

const logGroupName = '/aws/sagemaker/TrainingJobs';

/** The last lines that a training job wrote; none while it has written nothing, or where the gateway may not read logs. */
export async function tailTrainingLog(aws: Aws, job: string, lines = 50): Promise<string[]> {
  try {
    const { logStreams = [] } = await sending(
      aws.logs.send(new DescribeLogStreamsCommand({ logGroupName, logStreamNamePrefix: `${job}/`, limit: 1 })),
    );
    const logStreamName = logStreams[0]?.logStreamName;
    if (logStreamName === undefined) return [];
    const { events = [] } = await sending(
      aws.logs.send(new GetLogEventsCommand({ logGroupName, logStreamName, limit: lines, startFromHead: false })),
    );
    return events.map(({ message = '' }) => message);
  } catch (error) {
    // The log is an extra: a job without one still has its status.
    if (error instanceof GatewayError && (error.code === 'not_found' || error.code === 'aws_access_denied')) return [];
    throw error;
  }
}

export interface TrainingLogPage {
  readonly items: { readonly at: string; readonly message: string }[];
  readonly nextToken?: string;
}

/** A page of the log of one instance of a job, from its beginning. Empty, and without a token, before the first line. */
export async function readTrainingLog(
  aws: Aws,
  job: string,
  { host, limit, nextToken }: { host: string; limit: number; nextToken?: string },
): Promise<TrainingLogPage> {
  try {
    const { logStreams = [] } = await sending(
      aws.logs.send(new DescribeLogStreamsCommand({ logGroupName, logStreamNamePrefix: `${job}/${host}-`, limit: 1 })),
    );
    const logStreamName = logStreams[0]?.logStreamName;
    if (logStreamName === undefined) return { items: [] };
    const { events = [], nextForwardToken } = await sending(
      aws.logs.send(new GetLogEventsCommand({ logGroupName, logStreamName, limit, nextToken, startFromHead: true })),
    );
    return {
      items: events.map(({ timestamp = 0, message = '' }) => ({ at: new Date(timestamp).toISOString(), message })),
      ...(nextForwardToken === undefined ? {} : { nextToken: nextForwardToken }),
    };
  } catch (error) {
    // There is no group before the first job of an account has written.
    if (error instanceof GatewayError && error.code === 'not_found') return { items: [] };
    throw error;
  }
}
