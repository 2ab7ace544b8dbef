import { GatewayError } from '../../errors.ts';
import { defined } from '../../sagemaker/defined.ts';
import type { AdminContext } from '../context.ts';
import { openTable, type Table } from '../datasets/table.ts';
import { getDeployment } from '../deployments/read.ts';
import { invalidField } from '../invalid.ts';
import type { ServedModel } from './evaluated-model.ts';
import { type RowWriter, rowWriter } from './model-input.ts';
import { problemOf } from './problem.ts';
import type { NewEvaluation, Problem } from './schema.ts';

/** A model that is measured, and how it takes the rows. */
export interface Contestant extends ServedModel {
  readonly threshold: number;
  readonly write: RowWriter;
}

/** All that an evaluation needs to know before its first row. */
export interface EvaluationPlan {
  readonly problem: Problem;
  /** The model in question, and the one that it is compared with. */
  readonly contestants: readonly [Contestant, ...Contestant[]];
  readonly table: Table;
  readonly label: string;
  readonly labelColumn: number;
  readonly slices: readonly { readonly name: string; readonly column: number }[];
}

/** @param pointer where the request names it */
async function getLive(context: AdminContext, name: string, pointer: string): Promise<ServedModel> {
  const deployment = await getDeployment(context, name).catch((error: unknown) => {
    if (!(error instanceof GatewayError) || error.code !== 'not_found') throw error;
    throw new GatewayError('not_found', error.message, { errors: [{ pointer, detail: error.message }] });
  });
  if (deployment.status === 'InService' || deployment.status === 'Updating') {
    return { deployment, endpoint: name, ...defined({ inferenceComponent: deployment.inferenceComponent?.name }) };
  }
  throw new GatewayError('conflict', `The deployment "${name}" is ${deployment.status}, not InService.`);
}

/** @throws GatewayError for everything that can be known before the rows are read */
export async function planEvaluation(context: AdminContext, request: NewEvaluation): Promise<EvaluationPlan> {
  const { deployment, compareWith } = request;
  const model = await getLive(context, deployment, '/deployment');
  const others = compareWith === undefined ? [] : [await getLive(context, compareWith, '/compareWith')];
  return planRows(context, [model, ...others], request);
}

/** As planEvaluation, for models on any endpoints that are InService. */
export async function planRows(
  context: Pick<AdminContext, 'workspace' | 'aws'>,
  [model, ...others]: readonly [ServedModel, ...ServedModel[]],
  request: Omit<NewEvaluation, 'deployment' | 'compareWith'>,
): Promise<EvaluationPlan> {
  const { dataset, label, slices = [] } = request;
  const table = await openTable(context.workspace, dataset, '/dataset');
  const position = (name: string, pointer: string): number => {
    const column = table.columnNames.indexOf(name);
    if (column < 0) throw invalidField(pointer, `names "${name}", which is not a column of the data set`);
    return column;
  };
  const labelColumn = position(label, '/label');
  const contestant = (one: ServedModel): Contestant => ({
    ...one,
    threshold: request.threshold ?? one.deployment.threshold ?? 0.5,
    write: rowWriter(one.deployment, table, labelColumn),
  });
  return {
    problem: request.problem ?? (await problemOf(context, model.deployment)),
    contestants: [contestant(model), ...others.map(contestant)],
    table,
    label,
    labelColumn,
    slices: slices.map((name, index) => ({ name, column: position(name, `/slices/${index}`) })),
  };
}
