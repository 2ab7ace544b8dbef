import { Readable } from 'node:stream';
import { GatewayError } from '../../errors.ts';
import { versionedName } from '../../predict/manifest.ts';
import type { Aws } from '../../sagemaker/aws.ts';
import { defined } from '../../sagemaker/defined.ts';
import { orNothing } from '../../sagemaker/or-nothing.ts';
import { createTransformJob, describeTransformJob, stopTransformJob } from '../../sagemaker/transform-jobs.ts';
import type { Workspace } from '../../sagemaker/workspace.ts';
import type { AdminContext } from '../context.ts';
import { openTable } from '../datasets/table.ts';
import { getDeployment } from '../deployments/read.ts';
import { rowWriter } from '../evaluations/model-input.ts';
import { invalidField } from '../invalid.ts';
import { modelRows } from './model-rows.ts';
import type { NewTransformJob, TransformJob } from './schema.ts';

/** What the gateway keeps of a job: what SageMaker does not know of it. */
export interface TransformRecord {
  readonly deployment: string;
  readonly version: string;
  readonly dataset: string;
  /** The data set in the version that was scored, which a newer one must not stand in for. */
  readonly scored: string;
  readonly rows: number;
  readonly threshold?: number;
  readonly labels?: string[];
}

const folder = (name: string): string => `transforms/${name}/`;
const recordKey = (name: string): string => `${folder(name)}job.json`;
const inputKey = (name: string): string => `${folder(name)}input/data.csv`;
/** SageMaker adds `.out` to the name of the input. */
export const outputKey = (name: string): string => `${folder(name)}output/data.csv.out`;

export const findRecord = (workspace: Workspace, name: string): Promise<TransformRecord | undefined> =>
  workspace.readJson<TransformRecord>(recordKey(name));

/** @throws GatewayError not_found */
export async function getTransformJob(
  { aws, workspace }: Pick<AdminContext, 'aws' | 'workspace'>,
  name: string,
): Promise<TransformJob> {
  const [job, record] = await Promise.all([describeTransformJob(aws, name), findRecord(workspace, name)]);
  if (record === undefined) return job;
  const { deployment, version, dataset, scored, rows } = record;
  const results = job.status === 'Completed' ? `/admin/transform-jobs/${name}/results` : undefined;
  return { ...job, ...defined({ deployment, version, dataset, scored, rows, results }) };
}

export const isFinished = ({ status }: TransformJob): boolean =>
  status === 'Completed' || status === 'Failed' || status === 'Stopped';

/** Lays the rows out as the model takes them, and has SageMaker score them. */
export async function startTransformJob(context: AdminContext, request: NewTransformJob): Promise<TransformJob> {
  const { aws, workspace } = context;
  const { name, dataset, instanceType, instanceCount, strategy, maxPayloadMB, maxConcurrent } = request;
  if (maxPayloadMB * maxConcurrent > 100)
    throw invalidField('/maxConcurrent', 'times /maxPayloadMB must not exceed 100');
  const deployment = await getDeployment(context, request.deployment);
  if (!/^text\/csv\b/.test(deployment.contentType)) {
    throw new GatewayError(
      'conflict',
      `The deployment "${deployment.name}" takes ${deployment.contentType}, not text/csv.`,
    );
  }
  await requireUnused(aws, name);
  const table = await openTable(workspace, dataset, '/dataset');
  const write = rowWriter(deployment, table);
  const counted = { rows: 0 };
  try {
    await workspace.writeStream(inputKey(name), Readable.from(modelRows(table, write, counted)), 'text/csv');
    const { version, threshold, labels } = deployment;
    const record: TransformRecord = {
      ...{ deployment: deployment.name, version, dataset, scored: table.reference, rows: counted.rows },
      ...defined({ threshold, labels }),
    };
    await workspace.writeJson(recordKey(name), record);
    await createTransformJob(aws, {
      name,
      model: versionedName(deployment.name, version),
      inputUri: await workspace.uri(inputKey(name)),
      outputUri: await workspace.uri(`${folder(name)}output`),
      ...{ instanceType, instanceCount, strategy, maxPayloadMB, maxConcurrent },
    });
  } catch (error) {
    // When another request was faster with the same name, what is there is its own.
    const taken = error instanceof GatewayError && error.code === 'already_exists';
    if (!taken) await workspace.removeAll(folder(name));
    throw error;
  }
  return getTransformJob(context, name);
}

async function requireUnused(aws: Aws, name: string): Promise<void> {
  if ((await orNothing(describeTransformJob(aws, name))) === undefined) return;
  throw new GatewayError('already_exists', `There is a transform job "${name}" already.`);
}

export async function stopTransform(context: AdminContext, name: string): Promise<TransformJob> {
  await stopTransformJob(context.aws, name);
  return getTransformJob(context, name);
}
