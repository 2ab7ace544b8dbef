import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import Type, { type Static } from 'typebox';
import { eventSchema } from '../../plugins/event-schema.ts';
import { describeTrainingJob } from '../../sagemaker/training-jobs.ts';
import { readTrainingLog, type TrainingLogPage } from '../../sagemaker/training-logs.ts';
import type { AdminContext } from '../context.ts';
import { defaulted } from '../resource-schema.ts';
import { roundsIn } from './boosting-log.ts';

export const LogPage = Type.Object(
  {
    items: Type.Array(Type.Object({ at: Type.String({ format: 'date-time' }), message: Type.String() })),
    nextToken: Type.Optional(
      Type.String({
        description: 'Where the next lines will be, also when there are none yet; missing before the first line.',
      }),
    ),
  },
  { $id: 'TrainingLogPage' },
);

export const LogQuery = Type.Object(
  {
    limit: defaulted(
      Type.Integer({ minimum: 1, maximum: 10_000, default: 100, description: 'Most lines of one page.' }),
    ),
    nextToken: Type.Optional(Type.String({ minLength: 1, maxLength: 8192 })),
    host: defaulted(
      Type.String({
        pattern: '^algo-\\d+$',
        default: 'algo-1',
        description: 'Instance of the job, the first by default.',
      }),
    ),
  },
  { additionalProperties: false },
);
export type LogQuery = Static<typeof LogQuery>;

export const RoundMetrics = Type.Object(
  {
    items: Type.Array(
      Type.Object({
        round: Type.Integer({ description: 'Rounds finished.' }),
        metrics: Type.Record(Type.String(), Type.Number()),
      }),
    ),
  },
  { $id: 'RoundMetrics', description: 'What the algorithm measured after each boosting round.' },
);

type LogContext = Pick<AdminContext, 'aws' | 'closing'>;

/** @throws GatewayError not_found when there is no such job; before its first line the log is empty */
export async function getLogPage(
  { aws }: Pick<LogContext, 'aws'>,
  name: string,
  query: LogQuery,
): Promise<TrainingLogPage> {
  await describeTrainingJob(aws, name);
  return readTrainingLog(aws, name, query);
}

/** Lines of a page when all are wanted: as many as CloudWatch gives at once. */
const wholePage = 10_000;

export async function getRounds({ aws }: Pick<LogContext, 'aws'>, name: string): Promise<Static<typeof RoundMetrics>> {
  await describeTrainingJob(aws, name);
  const lines: string[] = [];
  let nextToken: string | undefined;
  for (;;) {
    const query = { host: 'algo-1', limit: wholePage, ...(nextToken === undefined ? {} : { nextToken }) };
    const page = await readTrainingLog(aws, name, query);
    lines.push(...page.items.map(({ message }) => message));
    // The same token again is CloudWatch's way to say that this was all.
    if (page.items.length === 0 || page.nextToken === nextToken) break;
    nextToken = page.nextToken;
  }
  return { items: roundsIn(lines) };
}

const pollMs = 1_000;

/** The response of the route that follows a log, for its schema. */
export const logStream = {
  description:
    'Server-sent events: `line` for each line so far and to come, `end` with the status when the job is over.',
  content: { 'text/event-stream': { schema: eventSchema('line', 'end') } },
};

/** The log as server-sent events: `line` for each, and `end` when the job is over. @throws GatewayError not_found */
export async function followLog(context: LogContext, name: string, host: string): Promise<Readable> {
  await describeTrainingJob(context.aws, name);
  return Readable.from(follow(context, name, host));
}

async function* follow({ aws, closing }: LogContext, name: string, host: string): AsyncGenerator<string> {
  let nextToken: string | undefined;
  while (!closing.aborted) {
    // Asked before the lines: what is written until a job is over is then there.
    const { status, endedAt } = await describeTrainingJob(aws, name);
    const page = await readTrainingLog(aws, name, {
      host,
      limit: 1_000,
      ...(nextToken === undefined ? {} : { nextToken }),
    });
    nextToken = page.nextToken ?? nextToken;
    for (const line of page.items) yield `event: line\ndata: ${JSON.stringify(line)}\n\n`;
    if (page.items.length > 0) continue;
    if (endedAt !== undefined) return yield `event: end\ndata: ${JSON.stringify({ status })}\n\n`;
    yield ': still there\n\n';
    await sleep(pollMs, undefined, { signal: closing }).catch(() => {});
  }
}
