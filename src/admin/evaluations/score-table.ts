import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { GatewayError } from '../../errors.ts';
import type { Invoker } from '../../sagemaker/invoke.ts';
import type { ClassScores } from './binary-metrics.ts';
import type { EvaluationPlan } from './plan.ts';
import { Scores } from './scores.ts';

const batchRows = 1_000;
const batchCharacters = 5_000_000;
const inFlight = 2;
const attempts = 5;

interface Batch {
  readonly body: string;
  readonly truths: readonly boolean[];
}

/** Reads the truth of a row: 0 or 1, or the names that the deployment gives to its classes. */
function truthReader({ table, labelColumn, deployment: { labels } }: EvaluationPlan) {
  const [negative, positive] = labels?.length === 2 ? labels : [];
  let row = 0;
  return (cells: readonly string[]): boolean => {
    row += 1;
    const cell = (cells[labelColumn] ?? '').trim();
    if (cell === positive || (cell !== '' && Number(cell) === 1)) return true;
    if (cell === negative || (cell !== '' && Number(cell) === 0)) return false;
    const allowed = negative === undefined ? '0 or 1' : `0, 1, "${negative}" or "${positive}"`;
    throw new GatewayError(
      'validation_failed',
      `Row ${row}, column "${table.columnNames[labelColumn]}" must be ${allowed}, not "${cell.slice(0, 50)}".`,
    );
  };
}

async function* batches(plan: EvaluationPlan): AsyncGenerator<Batch> {
  const readTruth = truthReader(plan);
  let body = '';
  let truths: boolean[] = [];
  for await (const cells of plan.table.rows()) {
    truths.push(readTruth(cells));
    body += `${plan.featureColumns.map((column) => cells[column]).join(',')}\n`;
    if (truths.length === batchRows || body.length > batchCharacters) {
      yield { body, truths };
      body = '';
      truths = [];
    }
  }
  if (truths.length > 0) yield { body, truths };
}

/** One score a row; the versions of the XGBoost container differ in whether commas or line ends stand between them. */
function readScores(body: Buffer, rows: number): number[] {
  const scores = body
    .toString()
    .trim()
    .split(/[\s,]+/)
    .map(Number);
  if (scores.length === rows && !scores.some(Number.isNaN)) return scores;
  throw new GatewayError('model_error', `The model did not answer ${rows} rows with a number each.`);
}

/** Calls the model; when SageMaker is busy, again after a while. */
async function invokePatiently(invoker: Invoker, endpoint: string, body: string): Promise<Buffer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const call = {
        endpoint,
        contentType: 'text/csv',
        accept: 'text/csv',
        body: Buffer.from(body),
        deadline: performance.now() + 60_000,
      };
      return (await invoker.invoke(call)).body;
    } catch (error) {
      const wait = error instanceof GatewayError ? error.facts.retryAfter : undefined;
      if (wait === undefined || attempt === attempts) throw error;
      await sleep(wait * 1000 * attempt);
    }
  }
}

export interface Scoring {
  readonly invoker: Invoker;
  readonly closing: AbortSignal;
  /** Told after every batch. */
  onRows(scored: number): void;
}

/** Sends the rows of a table through the deployed model and sorts its scores by the truth. */
export async function scoreTable(plan: EvaluationPlan, { invoker, closing, onRows }: Scoring): Promise<ClassScores> {
  const negatives = new Scores();
  const positives = new Scores();
  const score = async ({ body, truths }: Batch) => {
    const answer = await invokePatiently(invoker, plan.endpoint, body);
    return { truths, scores: readScores(answer, truths.length) };
  };
  const scored = Readable.from(batches(plan)).map(score, { concurrency: inFlight });
  for await (const { truths, scores } of scored as AsyncIterable<Awaited<ReturnType<typeof score>>>) {
    if (closing.aborted) throw new GatewayError('upstream_unavailable', 'The gateway was stopped meanwhile.');
    for (const [index, truth] of truths.entries()) (truth ? positives : negatives).push(scores[index] ?? 0);
    onRows(negatives.length + positives.length);
  }
  return { negatives: negatives.sorted(), positives: positives.sorted() };
}
