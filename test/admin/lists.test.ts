import { CreateRepositoryCommand } from '@aws-sdk/client-ecr';
import t from 'tap';
import { manifestKey } from '../../src/predict/manifest.ts';
import { startGateway } from '../gateway.ts';
import { adminClient, customers, type ProblemBody } from './client.ts';

interface Item {
  readonly [field: string]: unknown;
  readonly createdAt: string;
}
interface ItemPage {
  readonly items: Item[];
  readonly nextToken?: string;
}

// Images of this machine come and go.
process.env.DOCKER_HOST = 'unix:///nowhere';
// Without Jupyter notebook instances fail at once, which is enough to be listed.
const gateway = await startGateway(t, {}, { jupyterPath: '/nowhere' });
const admin = adminClient(gateway.url);

/** Every list, by the name of its operation: where it is, what its things are called, and a status that all of them have. */
const lists: Record<string, { readonly path: string; readonly name?: string; readonly status?: string }> = {
  listDatasets: { path: 'datasets', status: 'Completed' },
  listDatasetVersions: { path: 'datasets/beta/versions', name: 'version', status: 'Completed' },
  listTrainingJobs: { path: 'training-jobs', status: 'Completed' },
  listTuningJobs: { path: 'tuning-jobs', status: 'Completed' },
  listTrials: { path: 'tuning-jobs/alpha/training-jobs', status: 'Completed' },
  listTransformJobs: { path: 'transform-jobs', status: 'Completed' },
  listDeployments: { path: 'deployments', status: 'InService' },
  listDeploymentVersions: { path: 'deployments/alpha/versions', name: 'version' },
  listEvaluations: { path: 'evaluations', name: 'deployment', status: 'Completed' },
  listImages: { path: 'images?source=own' },
  listNotebooks: { path: 'notebooks', status: 'Failed' },
};

const withQuery = (path: string, query: URLSearchParams): string => `${path}${path.includes('?') ? '&' : '?'}${query}`;

const ask = async (path: string, query: Record<string, string | number>): Promise<ItemPage> => {
  const search = new URLSearchParams(
    Object.entries(query).map(([name, value]) => [name, String(value)] as [string, string]),
  );
  const { status, body } = await admin.get<ItemPage>(withQuery(path, search));
  if (status !== 200) throw new Error(`${path}?${search} answered ${status}`);
  return body;
};

const names = ['alpha', 'beta', 'gamma'];

t.before(async () => {
  for (const name of names) await admin.upload(`name=${name}`, customers(60));
  await admin.upload('name=beta', customers(60));
  await admin.upload('name=beta', customers(60));
  const job = { algorithm: 'xgboost', inputs: { train: 'alpha', validation: 'beta' }, label: 'bought' };
  const make = async (name: string) => {
    const order = { ...job, name, hyperparameters: { objective: 'binary:logistic', num_round: 2 } };
    await admin.post('training-jobs', order);
    await admin.post('tuning-jobs', {
      ...{ ...order, maxJobs: 2, maxParallel: 2, strategy: 'Random' },
      ranges: { eta: { type: 'continuous', min: 0.1, max: 0.5 } },
      objective: { metric: 'validation:error', goal: 'minimize' },
    });
    await admin.post('notebooks', { name });
    await gateway.aws.ecr.send(new CreateRepositoryCommand({ repositoryName: name }));
    await admin.events(`training-jobs/${name}`);
    await admin.post('deployments', { name, trainingJob: name, threshold: 0.5, labels: ['no', 'yes'] });
    await admin.events(`deployments/${name}`);
    await admin.post('transform-jobs', { name, deployment: name, dataset: 'gamma' });
    const evaluation = { deployment: name, dataset: 'gamma', label: 'bought' };
    await admin.post('evaluations', evaluation, { prefer: 'wait=60' });
    for (const path of ['tuning-jobs', 'transform-jobs', 'notebooks']) await admin.events(`${path}/${name}`);
  };
  await Promise.all(names.map(make));
  // Versions of other seconds, as they lie in S3.
  const { items } = await ask('deployments/alpha/versions', {});
  const key = manifestKey('alpha', String(items[0]?.version));
  const manifest = await gateway.workspace.readJson<object>(key);
  for (const second of ['01', '02']) {
    const version = `20260102T0304${second}Z`;
    const older = { ...manifest, version, createdAt: `2026-01-02T03:04:${second}.000Z` };
    await gateway.workspace.writeJson(manifestKey('alpha', version), older);
  }
});

t.test('the table has every list', async (t) => {
  const { paths = {} } = gateway.app.swagger() as { paths?: Record<string, Record<string, { operationId?: string }>> };
  const operations = Object.entries(paths)
    .filter(([path]) => path.startsWith('/admin/'))
    .map(([, { get }]) => get?.operationId ?? '')
    // The use of each client is told whole.
    .filter((operationId) => operationId.startsWith('list') && operationId !== 'listUsage');
  t.strictSame(operations.sort(), Object.keys(lists).sort());
});

for (const [operation, { path, name = 'name', status }] of Object.entries(lists)) {
  t.test(`${operation} is paged, filtered and sorted as the others`, async (t) => {
    const namesOf = ({ items }: ItemPage) => items.map((item) => String(item[name]));
    const all = await ask(path, { sortBy: 'name', sortOrder: 'ascending' });
    t.ok(all.items.length >= 2);
    t.strictSame(namesOf(all), namesOf(all).toSorted());
    t.strictSame(namesOf(await ask(path, { sortBy: 'name', sortOrder: 'descending' })), namesOf(all).toReversed());
    const newest = await ask(path, {});
    const times = newest.items.map(({ createdAt }) => createdAt.slice(0, 19));
    t.strictSame(times, times.toSorted().toReversed(), 'the newest first when nothing is said');

    for (const order of [{}, { sortBy: 'name' }, { sortOrder: 'ascending' }]) {
      const whole = await ask(path, order);
      const found: Item[] = [];
      let page = await ask(path, { ...order, limit: 1 });
      while (found.push(...page.items) < whole.items.length && page.nextToken !== undefined) {
        t.equal(page.items.length, 1);
        page = await ask(path, { ...order, limit: 1, nextToken: page.nextToken });
      }
      t.strictSame(found, whole.items, `page by page ${JSON.stringify(order)}`);
      t.equal(page.nextToken, undefined, 'the last page says so');
    }

    const part = namesOf(all)[0]?.slice(1, -1) ?? '';
    const byName = { sortBy: 'name', sortOrder: 'ascending' };
    const named = await ask(path, { ...byName, nameContains: part.toUpperCase() });
    t.strictSame(
      namesOf(named),
      namesOf(all).filter((one) => one.includes(part)),
    );
    t.strictSame((await ask(path, { nameContains: 'nothing-has-this' })).items, []);

    const createdAt = all.items[1]?.createdAt ?? '';
    const since = all.items.filter((item) => item.createdAt >= createdAt);
    const until = all.items.filter((item) => item.createdAt < createdAt);
    t.strictSame((await ask(path, { ...byName, createdAfter: createdAt })).items, since);
    t.strictSame((await ask(path, { ...byName, createdBefore: createdAt })).items, until);
    t.strictSame((await ask(path, { ...byName, updatedBefore: '2999-01-01T00:00:00Z' })).items, all.items);
    t.strictSame((await ask(path, { updatedAfter: '2999-01-01T00:00:00Z' })).items, []);

    if (status !== undefined) {
      t.strictSame((await ask(path, { ...byName, status })).items, all.items);
      t.strictSame((await ask(path, { status: status === 'Failed' ? 'InService' : 'Failed' })).items, []);
    }
    const wrong = {
      limit: 0,
      sortBy: 'size',
      sortOrder: 'up',
      createdAfter: 'noon',
      nameContains: '%',
      status: 'Gone',
    };
    for (const [field, value] of Object.entries(wrong)) {
      const answer = await admin.get<ProblemBody>(withQuery(path, new URLSearchParams({ [field]: String(value) })));
      t.match(answer, { status: 400, body: { errors: [{ pointer: `query/${field}` }] } }, `${field}=${value}`);
    }
    t.match(await admin.get(withQuery(path, new URLSearchParams({ nextToken: 'nonsense' }))), {
      status: 400,
      body: { code: 'validation_failed' },
    });
  });
}

t.test('for a page of many data sets only some are read', async (t) => {
  const { workspace, aws } = gateway;
  const [newest] = (await ask('datasets', {})).items;
  await Promise.all(
    Array.from({ length: 90 }, async (_, i) => {
      const version = `20250102T030405${100 + i}Z-0000`;
      const of = { ...newest, name: `many-${(i * 7) % 90}`, version, createdAt: `2025-01-02T03:04:05.${100 + i}Z` };
      for (const file of ['dataset', 'profile'])
        await workspace.writeJson(`datasets/${of.name}/${version}/${file}.json`, of);
    }),
  );
  let reads = 0;
  aws.s3.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        if (commandName === 'GetObjectCommand') reads += 1;
        return next(args);
      },
    { step: 'initialize', name: 'reads' },
  );
  t.teardown(() => aws.s3.middlewareStack.remove('reads'));
  for (const sortBy of ['createdAt', 'name']) {
    reads = 0;
    const { items } = await ask('datasets', { sortBy, limit: 10, nameContains: 'many' });
    t.equal(items.length, 10);
    t.ok(reads < 50, `${reads} reads`);
  }
  const { items } = await ask('datasets', { limit: 10, nameContains: 'many' });
  t.strictSame(
    items.map(({ createdAt }) => createdAt),
    Array.from({ length: 10 }, (_, i) => `2025-01-02T03:04:05.${189 - i}Z`),
  );
});

t.test('a token is for the query that it came from', async (t) => {
  const { nextToken = '' } = await ask('datasets', { limit: 1, sortBy: 'name' });
  t.match(await admin.get(`datasets?limit=1&nextToken=${nextToken}`), {
    status: 400,
    body: { errors: [{ pointer: 'query/nextToken' }] },
  });
});

t.test('lists of what is not there', async (t) => {
  for (const path of ['datasets/none/versions', 'deployments/none/versions', 'tuning-jobs/none/training-jobs']) {
    t.match(await admin.get(path), { status: 404, body: { code: 'not_found' } });
  }
});
