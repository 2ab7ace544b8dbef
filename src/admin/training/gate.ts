import { GatewayError } from '../../errors.ts';
import { manifestKey } from '../../predict/manifest.ts';
import type { AdminContext } from '../context.ts';
import { openTable } from '../datasets/table.ts';
import type { VersionManifest } from '../deployments/version.ts';
import { planRows } from '../evaluations/plan.ts';
import { problemBy } from '../evaluations/problem.ts';
import type { EvaluationRunner } from '../evaluations/runner.ts';
import type { Evaluation } from '../evaluations/schema.ts';
import { invalidField, invalidFields } from '../invalid.ts';
import type { Delivery, Versioned } from './delivery.ts';
import type { DeployOrder, Gate } from './delivery-schema.ts';
import { candidateOf, evaluationIdOf, versionOf } from './delivery-work.ts';
import { boundsOf, type GateBound, gateBounds } from './gate-bounds.ts';
import type { NewTrainingJob } from './schema.ts';

/** What can be known of a gate before there is a model. @throws GatewayError */
export async function checkGate(
  { workspace }: Pick<AdminContext, 'workspace'>,
  gate: Gate,
  { label, hyperparameters, labels }: Pick<NewTrainingJob, 'label' | 'hyperparameters'> & Pick<DeployOrder, 'labels'>,
): Promise<void> {
  const objective = hyperparameters.objective === undefined ? undefined : String(hyperparameters.objective);
  const problem = gate.problem ?? problemBy(labels, objective);
  const fitting = boundsOf(problem);
  const given = (Object.keys(gateBounds) as GateBound[]).filter((bound) => gate[bound] !== undefined);
  const strange = given.filter((bound) => !fitting.includes(bound));
  if (strange.length > 0) {
    throw invalidFields(
      strange.map((bound) => ({
        pointer: `/deploy/gate/${bound}`,
        detail: `is none of a ${problem} model, whose bounds are ${fitting.join(', ')}`,
      })),
    );
  }
  if (given.length === 0) throw invalidField('/deploy/gate', `needs at least one of ${fitting.join(', ')}`);
  const column = gate.label ?? label;
  if (column === undefined) throw invalidField('/deploy/gate/label', 'is missing: the job has no label either');
  const { columnNames } = await openTable(workspace, gate.dataset, '/deploy/gate/dataset');
  if (!columnNames.includes(column)) {
    throw invalidField('/deploy/gate/label', `names "${column}", which is not a column of the data set`);
  }
}

type Metrics = NonNullable<Evaluation['metrics']>;

/** The bounds that were missed, in words. A metric that is not defined misses its bound. */
function missed(gate: Gate, metrics: Metrics): string[] {
  return (Object.keys(gateBounds) as GateBound[]).flatMap((bound) => {
    const limit = gate[bound];
    if (limit === undefined) return [];
    const { metric } = gateBounds[bound];
    const value = metrics[metric];
    const holds = typeof value === 'number' && (bound.startsWith('min') ? value >= limit : value <= limit);
    return holds ? [] : [`${metric} is ${value ?? 'not defined'}, ${bound} is ${limit}`];
  });
}

/** Evaluates the version on its candidate endpoint. Done again, it replaces its report. @returns with `ending` when the gate stays shut */
export async function passGate(
  context: Pick<AdminContext, 'workspace' | 'aws' | 'closing'>,
  runner: EvaluationRunner,
  work: Versioned,
  gate: Gate,
): Promise<Delivery> {
  const { workspace, closing } = context;
  const deployment = await workspace.readJson<VersionManifest>(manifestKey(work.order.name, versionOf(work)));
  if (deployment === undefined) throw new GatewayError('not_found', 'The manifest of the version is gone.');
  const request = { ...gate, label: gate.label ?? work.job.label ?? '' };
  const plan = await planRows(context, [{ deployment, endpoint: candidateOf(work) }], request);
  const { report, finished } = await runner.begin(plan, request, evaluationIdOf(work));
  const { status, metrics, failureReason } = await finished;
  if (closing.aborted) throw new GatewayError('upstream_unavailable', 'The gateway was stopped meanwhile.');
  if (status !== 'Completed' || metrics === undefined) {
    return { ...work, state: 'Removing', ending: 'Failed', reason: `The evaluation failed: ${failureReason}` };
  }
  const faults = missed(gate, metrics);
  const evaluation = { id: report.id, passed: faults.length === 0, metrics };
  if (faults.length === 0) return { ...work, state: 'Deploying', evaluation };
  return { ...work, state: 'Removing', ending: 'Rejected', reason: `${faults.join('; ')}.`, evaluation };
}
