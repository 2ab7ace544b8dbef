import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { GatewayError } from '../../errors.ts';
import { parseScores, type Score } from '../../predict/codecs/scores.ts';
import { targetHeaders } from '../../predict/predict.ts';
import { defined } from '../../sagemaker/defined.ts';
import type { Invoker } from '../../sagemaker/invoke.ts';
import type { ServedModel } from './evaluated-model.ts';
import { Numbers } from './numbers.ts';
import type { EvaluationPlan } from './plan.ts';
import type { Scored, ScoredTable } from './scored-table.ts';
import { Slicer } from './slices.ts';
import { truthReader } from './truth.ts';

const batchRows = 1_000;
const batchCharacters = 5_000_000;
const inFlight = 2;
const attempts = 5;

interface Batch {
  /** For each contestant. */
  readonly bodies: readonly string[];
  readonly truths: readonly number[];
  readonly rows: readonly (readonly string[])[];
}

async function* batches({
  problem,
  contestants,
  table,
  label,
  labelColumn,
  slices,
}: EvaluationPlan): AsyncGenerator<Batch> {
  const { labels } = contestants[0].deployment;
  const readTruth = truthReader(problem, label, labels);
  let row = 0;
  let characters = 0;
  let bodies = contestants.map(() => '');
  let truths: number[] = [];
  let rows: string[][] = [];
  for await (const cells of table.rows()) {
    row += 1;
    truths.push(readTruth(cells[labelColumn] ?? ''));
    rows.push(slices.map(({ column }) => cells[column] ?? ''));
    bodies = bodies.map((body, index) => `${body}${contestants[index]?.write(cells, row)}\n`);
    characters = bodies.reduce((longest, { length }) => Math.max(longest, length), 0);
    if (truths.length < batchRows && characters < batchCharacters) continue;
    yield { bodies, truths, rows };
    bodies = contestants.map(() => '');
    truths = [];
    rows = [];
  }
  if (truths.length > 0) yield { bodies, truths, rows };
}

/** One score a row, or one for each class. */
function readScores(body: Buffer, contentType: string, rows: number): Score[] {
  let scores: Score[];
  try {
    scores = parseScores(body, contentType);
  } catch (cause) {
    throw new GatewayError('model_error', `The model did not answer ${rows} rows with scores.`, { cause });
  }
  // The classes of a single row look like a line of single scores.
  if (rows === 1 && scores.length > 1 && !scores.some(Array.isArray)) return [scores as number[]];
  if (scores.length === rows) return scores;
  throw new GatewayError('model_error', `The model answered ${scores.length} scores for ${rows} rows.`);
}

/** Calls the model; when SageMaker is busy, again after a while. */
async function invokePatiently(invoker: Invoker, { endpoint, inferenceComponent }: ServedModel, body: string) {
  const headers = targetHeaders({ ...defined({ inferenceComponent }) });
  for (let attempt = 1; ; attempt += 1) {
    try {
      const call = {
        endpoint,
        contentType: 'text/csv',
        accept: 'text/csv',
        body: Buffer.from(body),
        deadline: performance.now() + 60_000,
        headers,
      };
      return await invoker.invoke(call);
    } catch (error) {
      const wait = error instanceof GatewayError ? error.facts.retryAfter : undefined;
      if (wait === undefined || attempt === attempts) throw error;
      await sleep(wait * 1000 * attempt);
    }
  }
}

/** The scores of one contestant as they come in. */
class ScoreColumn {
  readonly #values = new Numbers();
  #outputs: number | undefined;

  push(score: Score): void {
    const all = Array.isArray(score) ? score : [score];
    this.#outputs ??= all.length;
    if (all.length !== this.#outputs) {
      throw new GatewayError(
        'model_error',
        `The model answered ${all.length} scores for a row, and before ${this.#outputs}.`,
      );
    }
    for (const value of all) this.#values.push(value);
  }

  finish(): Scored {
    return { outputs: this.#outputs ?? 1, values: this.#values.all() };
  }
}

export interface Scoring {
  readonly invoker: Invoker;
  readonly closing: AbortSignal;
  /** Told after every batch. */
  onRows(scored: number): void;
}

/** Sends the rows of a table through the deployed models. */
export async function scoreTable(plan: EvaluationPlan, { invoker, closing, onRows }: Scoring): Promise<ScoredTable> {
  const truths = new Numbers();
  const columns = plan.contestants.map(() => new ScoreColumn());
  const slicers = plan.slices.map(({ name }) => new Slicer(name));
  const score = async (batch: Batch) => {
    const answers = plan.contestants.map(async (contestant, index) => {
      const { body, contentType } = await invokePatiently(invoker, contestant, batch.bodies[index] ?? '');
      return readScores(body, contentType, batch.truths.length);
    });
    return { ...batch, scores: await Promise.all(answers) };
  };
  const scored = Readable.from(batches(plan)).map(score, { concurrency: inFlight });
  for await (const batch of scored as AsyncIterable<Awaited<ReturnType<typeof score>>>) {
    if (closing.aborted) throw new GatewayError('upstream_unavailable', 'The gateway was stopped meanwhile.');
    for (const truth of batch.truths) truths.push(truth);
    for (const [index, column] of columns.entries()) for (const one of batch.scores[index] ?? []) column.push(one);
    for (const cells of batch.rows) for (const [index, slicer] of slicers.entries()) slicer.add(cells[index] ?? '');
    onRows(truths.length);
  }
  return {
    rows: truths.length,
    truths: truths.all(),
    scored: columns.map((column) => column.finish()),
    slices: slicers.map((slicer) => slicer.finish()),
  };
}
