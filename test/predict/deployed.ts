import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import { startGateway, type TestGateway } from '../gateway.ts';

type Json = Record<string, unknown>;

async function call(url: string, body: Json | string, contentType = 'application/json'): Promise<Json> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': contentType },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const answer = (await response.json()) as Json;
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${String(answer.detail)}`);
  return answer;
}

async function until(url: string, busy: readonly string[]): Promise<Json> {
  for (;;) {
    const resource = (await (await fetch(url)).json()) as Json;
    if (!busy.includes(String(resource.status))) return resource;
    await sleep(50);
  }
}

/** Rows of `height,weight,age` whose label says plainly whether weight is over 70. */
const rows = Array.from({ length: 200 }, (_, i) => [150 + (i % 50), 50 + ((i * 7) % 41), 20 + (i % 60)]);
const csv = `height,weight,age,heavy\n${rows.map((row) => `${row.join(',')},${(row[1] ?? 0) > 70 ? 1 : 0}`).join('\n')}\n`;

export interface Training {
  readonly name: string;
  /** With a header. */
  readonly csv: string;
  readonly label: string;
}

/** Trains a small model and puts it into service, by the gateway's own routes. */
export async function trainAndDeploy(
  url: string,
  { name, csv, label }: Training,
  deployment: Json = {},
): Promise<void> {
  await call(`${url}/admin/datasets?name=${name}`, csv, 'text/csv');
  await call(`${url}/admin/training-jobs`, {
    name: `${name}-1`,
    algorithm: 'xgboost',
    inputs: { train: name },
    label,
    hyperparameters: { objective: 'binary:logistic', num_round: 10, max_depth: 3, eta: 0.5 },
  });
  await until(`${url}/admin/training-jobs/${name}-1`, ['InProgress']);
  await call(`${url}/admin/deployments`, {
    name,
    trainingJob: `${name}-1`,
    threshold: 0.5,
    labels: ['no', 'yes'],
    ...deployment,
  });
  await until(`${url}/admin/deployments/${name}`, ['Creating']);
}

/** A gateway with a small real model of three features in service as `heavy`, made by its own routes. */
export async function startWithModel(
  t: Test,
  deployment: Json = {},
  settings: Parameters<typeof startGateway>[1] = {},
  local: Parameters<typeof startGateway>[2] = {},
): Promise<TestGateway> {
  const gateway = await startGateway(t, settings, local);
  await trainAndDeploy(gateway.url, { name: 'heavy', csv, label: 'heavy' }, deployment);
  return gateway;
}

const jobs = ['cook', 'house-maid', 'self_employed'];

/** Customers of a shop: an age, whether they came before, and a job in one-hot form that decides whether they buy. */
export const customers: Training = {
  name: 'buyer',
  label: 'bought',
  csv: `age,known,${jobs.map((job) => `job_${job}`).join(',')},bought\n${Array.from({ length: 300 }, (_, i) => {
    const job = i % 3;
    return [20 + (i % 50), i % 2, ...jobs.map((_name, k) => Number(k === job)), Number(job === 1)].join(',');
  }).join('\n')}\n`,
};
