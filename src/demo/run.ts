import type { RowSource } from './bank-rows.ts';
import { GatewayClient } from './client.ts';
import { putExampleRows } from './example-rows.ts';
import type { Progress } from './progress.ts';

/** Hyperparameters of AWS's "build, train, deploy" tutorial. */
const hyperparameters = {
  max_depth: 5,
  eta: 0.2,
  gamma: 4,
  min_child_weight: 6,
  subsample: 0.8,
  silent: 0,
  objective: 'binary:logistic',
  num_round: 100,
};

type Json = Record<string, unknown>;
const field = (resource: Json, name: string): Json => (resource[name] ?? {}) as Json;
const percent = (value: unknown): string => (typeof value === 'number' ? `${(100 * value).toFixed(1)} %` : '?');

async function upload(client: GatewayClient, source: RowSource, progress: Progress): Promise<void> {
  for (const part of ['train', 'test'] as const) {
    const name = `bank-${part}`;
    progress.show(`Uploading ${name}`);
    await client.delete(`/admin/datasets/${name}`);
    await client.upload(name, source(part));
  }
}

async function train(client: GatewayClient, progress: Progress): Promise<string> {
  const name = `bank-${Date.now()}`;
  await client.post('/admin/training-jobs', {
    name,
    algorithm: 'xgboost',
    hyperparameters,
    inputs: { train: 'bank-train' },
    label: 'y_yes',
    dropColumns: await columnsToDrop(client),
  });
  const job = await client.follow(`/admin/training-jobs/${name}`, ['InProgress'], (now) => {
    const { round, rounds } = field(now, 'progress');
    const error = field(now, 'metrics')['train:error'];
    const detail =
      error === undefined ? '' : `round ${String(round)} of ${String(rounds)}, train-error ${String(error)}`;
    progress.show(`Training: ${String(now.secondaryStatus ?? now.status)}`, detail);
  });
  if (job.status !== 'Completed')
    throw new Error(`The training job ${name} is ${String(job.status)}: ${String(job.failureReason)}`);
  progress.done('Trained', `${name}, train-error ${String(field(job, 'metrics')['train:error'])}`);
  return name;
}

/** All that is neither a feature nor the label: the other half of the one-hot label, and a nameless index column. */
async function columnsToDrop(client: GatewayClient): Promise<string[]> {
  const dataset = (await client.get('/admin/datasets/bank-train')) ?? {};
  const names = (dataset.columnNames ?? []) as string[];
  return names.filter((name) => name === 'y_no' || name === '_c0');
}

async function deploy(client: GatewayClient, trainingJob: string, progress: Progress): Promise<void> {
  await client.post('/admin/deployments', { name: 'bank', trainingJob, threshold: 0.5, labels: ['no', 'yes'] });
  await inService(client, progress);
}

async function inService(client: GatewayClient, progress: Progress): Promise<void> {
  const deployment = await client.follow('/admin/deployments/bank', ['Creating', 'Updating'], ({ status }) =>
    progress.show('Deploying bank', String(status)),
  );
  if (deployment.status !== 'InService') {
    throw new Error(`The deployment bank is ${String(deployment.status)}: ${String(deployment.failureReason)}`);
  }
}

async function evaluate(client: GatewayClient, progress: Progress): Promise<void> {
  progress.show('Evaluating bank on the rows kept back');
  const report = await client.post(
    '/admin/evaluations',
    { deployment: 'bank', dataset: 'bank-test', label: 'y_yes' },
    { prefer: 'wait=60' },
  );
  const metrics = field(report, 'metrics');
  progress.done(
    'Evaluated',
    `accuracy ${percent(metrics.accuracy)}, AUC ${Number(metrics.auc).toFixed(3)} on ${String(report.rows)} rows`,
  );
}

interface Demo {
  readonly source: RowSource;
  /** URL of the embedded SageMaker. */
  readonly sagemaker: string;
  readonly fresh: boolean;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** API key, where the gateway asks for one. */
  readonly key?: string | undefined;
}

/**
 * Makes the model `bank` callable: nothing to do when it is in service already, else the whole way by the admin routes, from rows to a
 * deployment. `fresh` goes that way in any case, for a data file that was named.
 */
export async function runDemo(url: string, { source, sagemaker, fresh, progress, signal, key }: Demo): Promise<void> {
  const client = new GatewayClient(url, signal, key);
  await putExampleRows(sagemaker, source, signal);
  const live = await client.get('/admin/deployments/bank');
  if (live !== undefined && !fresh && live.status !== 'Failed') return inService(client, progress);
  if (live !== undefined) await client.delete('/admin/deployments/bank');

  await upload(client, source, progress);
  await deploy(client, await train(client, progress), progress);
  await evaluate(client, progress);
}
