import { randomBytes } from 'node:crypto';
import type { FastifyBaseLogger } from 'fastify';
import { GatewayError } from '../../errors.ts';
import type { AdminContext } from '../context.ts';
import { confusionMatrix, histogram, metrics, rocCurve } from './binary-metrics.ts';
import type { EvaluationPlan } from './plan.ts';
import { heartbeatMs, writeReport } from './reports.ts';
import type { Evaluation, NewEvaluation } from './schema.ts';
import { scoreTable } from './score-table.ts';

/** Sorts by age. */
const newId = (): string => `${new Date().toISOString().replace(/[-:]|\.\d+/g, '')}-${randomBytes(4).toString('hex')}`;

type RunnerContext = Pick<AdminContext, 'workspace' | 'invoker' | 'closing'>;

export interface StartedEvaluation {
  readonly report: Evaluation;
  /** The last report. Never rejects. */
  readonly finished: Promise<Evaluation>;
}

/** Runs evaluations in the background of this replica; their reports in S3 are what every replica shows. */
export class EvaluationRunner {
  readonly #context: RunnerContext;
  readonly #log: FastifyBaseLogger;
  readonly #running = new Set<Promise<Evaluation>>();

  constructor(context: RunnerContext, log: FastifyBaseLogger) {
    this.#context = context;
    this.#log = log;
  }

  /** Under an id that was given before, the new report takes the place of the old one. */
  async begin(
    plan: EvaluationPlan,
    request: Pick<NewEvaluation, 'dataset' | 'label'>,
    id = newId(),
  ): Promise<StartedEvaluation> {
    const { version, labels } = plan.deployment;
    const report: Evaluation = {
      id,
      deployment: plan.deployment.name,
      version,
      dataset: request.dataset,
      label: request.label,
      ...(labels?.length === 2 ? { labels } : {}),
      threshold: plan.threshold,
      status: 'InProgress',
      rows: 0,
      createdAt: new Date().toISOString(),
    };
    await writeReport(this.#context.workspace, report);
    const finished = this.#run(plan, report);
    this.#running.add(finished);
    finished.finally(() => this.#running.delete(finished));
    return { report, finished };
  }

  /** When all that runs has ended; for the time after `closing` has fired. */
  async settled(): Promise<void> {
    await Promise.all(this.#running);
  }

  async #run(plan: EvaluationPlan, started: Evaluation): Promise<Evaluation> {
    const { workspace, invoker, closing } = this.#context;
    let { rows } = started;
    let lastBeat = Promise.resolve();
    const heart = setInterval(() => {
      lastBeat = writeReport(workspace, { ...started, rows }).catch((err: unknown) =>
        this.#log.warn({ err }, 'no heartbeat'),
      );
    }, heartbeatMs);

    const report = await scoreTable(plan, { invoker, closing, onRows: (scored) => (rows = scored) }).then(
      (scores): Evaluation => ({
        ...started,
        status: 'Completed',
        rows,
        metrics: metrics(scores, plan.threshold),
        confusionMatrix: confusionMatrix(scores, plan.threshold),
        roc: rocCurve(scores),
        histogram: histogram(scores),
        completedAt: new Date().toISOString(),
      }),
      (error: unknown): Evaluation => ({
        ...started,
        status: 'Failed',
        rows,
        failureReason: this.#reason(error),
        completedAt: new Date().toISOString(),
      }),
    );
    clearInterval(heart);
    // Or a late heartbeat would put the report back in progress.
    await lastBeat;
    await writeReport(workspace, report).catch((err: unknown) =>
      this.#log.error({ err }, 'A report could not be kept'),
    );
    return report;
  }

  #reason(error: unknown): string {
    if (error instanceof GatewayError) return error.message;
    this.#log.error({ err: error }, 'An evaluation failed');
    return 'The gateway failed; its log has the cause.';
  }
}
