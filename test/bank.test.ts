import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { DescribeLogStreamsCommand, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import t from 'tap';
import { extract } from 'tar-stream';
import { tutorialRow } from '../src/predict/schemas.ts';
import { startGateway, type TestGateway } from './gateway.ts';
import { bankDataMissing, bankFeatures, bankSplit } from './local/xgboost/bank-data.ts';

type Json = Record<string, unknown>;

const post = async (url: string, body: unknown, headers: Record<string, string> = {}): Promise<Json> => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const answer = (await response.json()) as Json;
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${String(answer.detail)}`);
  return answer;
};

async function until(url: string, busy: string, tell: (resource: Json) => void = () => {}): Promise<Json> {
  for (;;) {
    const resource = (await (await fetch(url)).json()) as Json;
    tell(resource);
    if (resource.status !== busy) return resource;
    await sleep(50);
  }
}

async function logLines({ logs }: TestGateway['aws'], job: string): Promise<string> {
  const logGroupName = '/aws/sagemaker/TrainingJobs';
  const streams = await logs.send(new DescribeLogStreamsCommand({ logGroupName, logStreamNamePrefix: `${job}/` }));
  const logStreamName = streams.logStreams?.[0]?.logStreamName;
  const { events = [] } = await logs.send(
    new GetLogEventsCommand({ logGroupName, logStreamName, startFromHead: true }),
  );
  return events.map(({ message }) => message).join('\n');
}

async function modelFile({ s3 }: TestGateway['aws'], uri: string): Promise<Buffer> {
  const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri) ?? [];
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  const archive = extract();
  archive.end(gunzipSync((await Body?.transformToByteArray()) ?? new Uint8Array()));
  for await (const entry of archive) {
    if (entry.header.name === 'xgboost-model') return buffer(entry);
    entry.resume();
  }
  throw new Error(`no xgboost-model in ${uri}`);
}

// The run of AWS's tutorial, as its readers published it, through this gateway's routes alone.
t.test('the tutorial, over HTTP, on the real data', { skip: bankDataMissing }, async (t) => {
  const { url, aws } = await startGateway(t);
  const { train, test, testFeatures, testLabels } = bankSplit();
  const header = ['y_yes', ...bankFeatures()].join(',');

  for (const [name, rows] of [
    ['train', train],
    ['test', test],
  ] as const) {
    const dataset = await post(`${url}/admin/datasets?name=bank-${name}`, `${header}\n${String(rows)}`, {
      'content-type': 'text/csv',
    });
    t.match(dataset, { name: `bank-${name}`, rows: name === 'train' ? 28_831 : 12_357, columns: 60, header: true });
  }

  const hyperparameters = {
    ...{ max_depth: 5, eta: 0.2, gamma: 4, min_child_weight: 6, subsample: 0.8, silent: 0 },
    ...{ objective: 'binary:logistic', num_round: 100 },
  };
  const job = {
    name: 'bank-1',
    algorithm: 'xgboost',
    hyperparameters,
    inputs: { train: 'bank-train' },
    label: 'y_yes',
  };
  await post(`${url}/admin/training-jobs`, job);
  const trained = await until(`${url}/admin/training-jobs/bank-1`, 'InProgress');
  t.match(trained, { status: 'Completed', progress: { round: 100, rounds: 100 } });

  const lines = await logLines(aws, 'bank-1');
  const errorAt = (round: number): number =>
    Number(new RegExp(`\\[${round}\\]#011train-error:([\\d.]+)`).exec(lines)?.[1]);
  t.ok(Math.abs(errorAt(0) - 0.100482) <= 0.001, `train-error at round 0 is ${errorAt(0)}, published 0.100482`);
  t.ok(Math.abs(errorAt(9) - 0.098679) <= 0.001, `train-error at round 9 is ${errorAt(9)}, published 0.098679`);
  t.ok(errorAt(99) >= 0.092 && errorAt(99) <= 0.099, `train-error at round 99 is ${errorAt(99)}, published 0.093892`);

  await post(`${url}/admin/deployments`, {
    name: 'bank',
    trainingJob: 'bank-1',
    threshold: 0.5,
    labels: ['no', 'yes'],
  });
  t.match(await until(`${url}/admin/deployments/bank`, 'Creating'), { status: 'InService' });

  await t.test('a customer by name is the same customer in 59 columns', async (t) => {
    const { features, example } = (await (await fetch(`${url}/models/bank`)).json()) as {
      features: { name: string; type: string; categories?: string[]; columns?: string[] }[];
      example: Json;
    };
    t.strictSame(
      features.map(({ name, type, categories }) => `${name} ${categories?.length ?? type}`),
      [
        ...['age integer', 'campaign integer', 'pdays integer', 'previous integer'],
        ...['no_previous_contact boolean', 'not_working boolean'],
        ...['job 12', 'marital 4', 'education 8', 'default 3', 'housing 3', 'loan 3', 'contact 2'],
        ...['month 10', 'day_of_week 5', 'poutcome 3'],
      ],
    );
    t.strictSame(
      features.flatMap(({ name, columns }) => columns ?? [name]),
      bankFeatures(),
    );
    const housemaid = {
      ...{ age: 56, campaign: 1, pdays: 999, previous: 0, no_previous_contact: true, not_working: false },
      ...{ job: 'housemaid', marital: 'married', education: 'basic.4y', default: 'no', housing: 'no', loan: 'no' },
      ...{ contact: 'telephone', month: 'may', day_of_week: 'mon', poutcome: 'nonexistent' },
    };
    const named = await post(`${url}/predict/bank`, { instances: [housemaid] });
    t.match(named, { predictions: [{ score: Number, label: 'no' }] });
    t.strictSame(await post(`${url}/predict/bank`, { data: tutorialRow }), named);
    t.strictSame(await post(`${url}/predict/bank`, { instances: [tutorialRow.split(',').map(Number)] }), named);
    t.match(await post(`${url}/predict/bank`, { instances: [example] }), { predictions: [{ score: Number }] });
  });

  const answer = await post(`${url}/predict/bank`, testFeatures.toString(), { 'content-type': 'text/csv' });
  const scores = (answer.predictions as { score: number; label: string }[]).map(({ score }) => score);
  t.equal(scores.length, 12_357, 'all test rows in one request');
  const right = scores.filter((score, row) => (score >= 0.5 ? 1 : 0) === testLabels[row]).length / scores.length;
  t.ok(right >= 0.893 && right <= 0.898, `accuracy ${right.toFixed(4)}, published 0.8953 to 0.8970`);

  const report = await post(
    `${url}/admin/evaluations`,
    { deployment: 'bank', dataset: 'bank-test', label: 'y_yes' },
    { prefer: 'wait=60' },
  );
  t.match(report, { status: 'Completed', rows: 12_357 });
  t.ok(Math.abs((report.metrics as { accuracy: number }).accuracy - right) < 1e-9, 'the evaluation says the same');
  const page = await fetch(`${url}/admin/evaluations/${String(report.id)}`, { headers: { accept: 'text/html' } });
  t.match(await page.text(), /<svg[\s\S]*<\/svg>/, 'and draws it');

  await t.test('native XGBoost scores the model file alike', { skip: nativeMissing() }, async (t) => {
    const model = await modelFile(aws, String(trained.modelArtifacts));
    const folder = t.testdir();
    writeFileSync(join(folder, 'model.json'), model);
    writeFileSync(join(folder, 'rows.csv'), testFeatures);
    const script = `
import numpy, sys, xgboost
booster = xgboost.Booster(model_file="model.json")
rows = numpy.loadtxt("rows.csv", delimiter=",", dtype=numpy.float32)
print("\\n".join(repr(float(score)) for score in booster.predict(xgboost.DMatrix(rows))))`;
    const { stdout, stderr, status } = spawnSync(python, ['-c', script], {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 1e8,
    });
    t.equal(status, 0, stderr);
    const native = stdout.trim().split('\n').map(Number);
    t.equal(native.length, scores.length);
    const difference = Math.max(...native.map((score, row) => Math.abs(score - (scores[row] ?? 0))));
    t.ok(difference <= 1e-6, `largest difference ${difference}`);
  });
});

const python = process.env.PEER_PYTHON ?? 'python3';

function nativeMissing(): string | false {
  const { status } = spawnSync(python, ['-c', 'import xgboost, numpy']);
  return status === 0 ? false : `${python} has no xgboost`;
}
