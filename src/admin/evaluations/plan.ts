import { columnNamesOf } from '../../config/feature.ts';
import { GatewayError } from '../../errors.ts';
import type { DeploymentManifest } from '../../predict/manifest.ts';
import type { Workspace } from '../../sagemaker/workspace.ts';
import type { AdminContext } from '../context.ts';
import { openTable, type Table } from '../datasets/table.ts';
import { getDeployment } from '../deployments/read.ts';
import { invalidField } from '../invalid.ts';
import type { NewEvaluation } from './schema.ts';

/** What an evaluation has to know of the model: a deployment, or a version that is none yet. */
export type EvaluatedModel = Pick<DeploymentManifest, 'name' | 'version' | 'features' | 'labels' | 'threshold'>;

/** All that an evaluation needs to know before its first row. */
export interface EvaluationPlan {
  readonly deployment: EvaluatedModel;
  /** SageMaker endpoint that runs the model. */
  readonly endpoint: string;
  readonly table: Table;
  readonly labelColumn: number;
  /** Positions of the columns that the model takes, in its order. */
  readonly featureColumns: readonly number[];
  readonly threshold: number;
}

/** @throws GatewayError for everything that can be known before the rows are read */
export async function planEvaluation(context: AdminContext, request: NewEvaluation): Promise<EvaluationPlan> {
  const deployment = await getDeployment(context, request.deployment);
  if (deployment.status !== 'InService' && deployment.status !== 'Updating') {
    throw new GatewayError('conflict', `The deployment "${deployment.name}" is ${deployment.status}, not InService.`);
  }
  return planRows(context.workspace, { deployment, endpoint: deployment.name }, request);
}

/** As planEvaluation, for a model on any endpoint that is InService. */
export async function planRows(
  workspace: Workspace,
  { deployment, endpoint }: Pick<EvaluationPlan, 'deployment' | 'endpoint'>,
  request: Omit<NewEvaluation, 'deployment'>,
): Promise<EvaluationPlan> {
  const table = await openTable(workspace, request.dataset, '/dataset');
  const labelColumn = table.columnNames.indexOf(request.label);
  if (labelColumn < 0) throw invalidField('/label', `names "${request.label}", which is not a column of the data set`);
  return {
    deployment,
    endpoint,
    table,
    labelColumn,
    featureColumns: featureColumns(deployment, table, labelColumn),
    threshold: request.threshold ?? deployment.threshold ?? 0.5,
  };
}

/** By name where both sides have names, so that more columns and another order do no harm; else all but the label, as they stand. */
export function featureColumns(
  { features, name }: Pick<EvaluatedModel, 'features' | 'name'>,
  table: Table,
  labelColumn = -1,
): number[] {
  const taken = features && columnNamesOf(features);
  if (taken !== undefined && table.header) {
    const missing = taken.filter((column) => !table.columnNames.includes(column));
    if (missing.length > 0) {
      const names = missing.map((column) => `"${column}"`).join(', ');
      throw invalidField('/dataset', `lacks what "${name}" takes: ${names}`);
    }
    return taken.map((column) => table.columnNames.indexOf(column));
  }
  const columns = [...table.columnNames.keys()].filter((column) => column !== labelColumn);
  if (taken !== undefined && columns.length !== taken.length) {
    throw invalidField(
      '/dataset',
      `has ${columns.length} columns${labelColumn < 0 ? '' : ' beside the label'}, "${name}" takes ${taken.length}`,
    );
  }
  return columns;
}
