import type { FastifyBaseLogger } from 'fastify';
import { GatewayError } from '../../errors.ts';
import { Background } from '../background.ts';
import type { AdminContext } from '../context.ts';
import { startHeartbeat } from '../heartbeat.ts';
import { timedId } from '../ids.ts';
import { measure } from './measure.ts';
import type { EvaluationPlan } from './plan.ts';
import { writeReport } from './reports.ts';
import type { Evaluation, NewEvaluation } from './schema.ts';
import { scoreTable } from './score-table.ts';

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
  readonly #background = new Background();

  constructor(context: RunnerContext, log: FastifyBaseLogger) {
    this.#context = context;
    this.#log = log;
  }

  /** Under an id that was given before, the new report takes the place of the old one. */
  async begin(
    plan: EvaluationPlan,
    request: Pick<NewEvaluation, 'dataset' | 'label'>,
    id = timedId('s', 4),
  ): Promise<StartedEvaluation> {
    const [{ deployment, threshold }] = plan.contestants;
    const { name, version, labels } = deployment;
    const report: Evaluation = {
      id,
      deployment: name,
      version,
      dataset: request.dataset,
      evaluated: plan.table.reference,
      label: request.label,
      ...(labels === undefined ? {} : { labels }),
      problem: plan.problem,
      threshold,
      status: 'InProgress',
      rows: 0,
      createdAt: new Date().toISOString(),
    };
    await writeReport(this.#context.workspace, report);
    return { report, finished: this.#background.run(this.#run(plan, report)) };
  }

  /** When all that runs has ended; for the time after `closing` has fired. */
  settled(): Promise<void> {
    return this.#background.settled();
  }

  async #run(plan: EvaluationPlan, started: Evaluation): Promise<Evaluation> {
    const { workspace, invoker, closing } = this.#context;
    let { rows } = started;
    const stopHeart = startHeartbeat(() => writeReport(workspace, { ...started, rows }), this.#log);

    const report = await scoreTable(plan, { invoker, closing, onRows: (scored) => (rows = scored) })
      .then(
        (table): Evaluation => ({
          ...started,
          status: 'Completed',
          rows,
          ...measure(plan, table),
          completedAt: new Date().toISOString(),
        }),
      )
      .catch(
        (error: unknown): Evaluation => ({
          ...started,
          status: 'Failed',
          rows,
          failureReason: this.#reason(error),
          completedAt: new Date().toISOString(),
        }),
      );
    // Or a late heartbeat would put the report back in progress.
    await stopHeart();
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
