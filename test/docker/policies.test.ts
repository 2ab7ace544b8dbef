import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { parse } from 'yaml';
import type { Called } from '../../scripts/iam/call-graph.ts';
import { actionsOf, features, statementsOf } from '../../scripts/iam/policies.ts';
import { policyFiles } from '../../scripts/iam-policies.ts';
import { startWithModel } from '../predict/deployed.ts';

type Methods = Record<string, { readonly operationId: string; readonly 'x-aws-actions'?: readonly string[] }>;

const root = join(import.meta.dirname, '../..');
const allowed = (name: string): Set<string> => new Set(statementsOf(name).flatMap(({ Action }) => Action));

t.test('the policies are what the code calls; `npm run iam-policies` writes them anew', async (t) => {
  for (const [path, text] of Object.entries(policyFiles())) t.equal(readFileSync(join(root, path), 'utf8'), text, path);
});

t.test('every operation of the control plane says what it needs of AWS', async (t) => {
  const { paths } = parse(readFileSync(join(root, 'openapi.yaml'), 'utf8')) as { paths: Record<string, Methods> };
  const operations = Object.entries(paths)
    .filter(([path]) => path.startsWith('/admin/'))
    .flatMap(([, methods]) => Object.values(methods));
  t.ok(operations.length > 50);
  for (const { operationId, 'x-aws-actions': actions = [] } of operations) {
    // Usage is counted by the gateway itself.
    t.equal(actions.length > 0, operationId !== 'listUsage', operationId);
  }
});

t.test('every operation that src/sagemaker/ can call is of a feature', async (t) => {
  const all = new Set(Object.keys(features).flatMap((name) => [...allowed(name)]));
  for (const file of globSync(join(root, 'src/sagemaker/*.ts'))) {
    const text = readFileSync(file, 'utf8');
    for (const [, names = '', client = ''] of text.matchAll(/import \{([^}]*)\} from '@aws-sdk\/(client-[\w-]+)'/g)) {
      for (const name of names
        .split(',')
        .map((one) => one.trim())
        .filter((one) => /^\w+Command$/.test(one))) {
        const called: Called = `${client}:${name.replace(/Command$/, '')}`;
        for (const action of actionsOf(called)) t.ok(all.has(action), `${action} of ${called}`);
      }
    }
  }
});

t.test('nothing is asked at the wire that the features in use do not allow', async (t) => {
  // Work that is carried on asks by itself, and belongs to no request.
  const { url, aws } = await startWithModel(t, {}, { reconcileIntervalMs: 600_000 });
  const seen = new Set<Called>();
  for (const [client, { middlewareStack }] of Object.entries({
    'client-sagemaker': aws.sagemaker,
    'client-s3': aws.s3,
    'client-cloudwatch-logs': aws.logs,
  })) {
    (middlewareStack as typeof aws.s3.middlewareStack).add(
      (next, { commandName = '' }) =>
        (args) => {
          seen.add(`${client}:${commandName.replace(/Command$/, '')}`);
          return next(args);
        },
      { step: 'finalizeRequest' },
    );
  }
  /** The actions that a request leads to, beside those that are allowed to its feature. */
  async function beyond(feature: string, path: string, init: RequestInit = {}): Promise<string[]> {
    seen.clear();
    const answer = await fetch(`${url}${path}`, init);
    await answer.text();
    t.ok(answer.status < 300, `${path}: ${answer.status}`);
    t.ok(seen.size > 0, `${[...seen].join(' ')} for ${path}`);
    const granted = allowed(feature);
    return [...seen].flatMap(actionsOf).filter((action) => !granted.has(action));
  }
  const json = (body: unknown): RequestInit => ({
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const csv = { method: 'POST', headers: { 'content-type': 'text/csv' }, body: 'a,b,y\n1,2,0\n2,1,1\n' };
  t.strictSame(await beyond('datasets', '/admin/datasets?name=small', csv), []);
  t.strictSame(await beyond('datasets', '/admin/datasets/small', { method: 'DELETE' }), []);
  const order = { algorithm: 'xgboost', inputs: { train: 'heavy' }, label: 'heavy', hyperparameters: { num_round: 1 } };
  t.strictSame(await beyond('training', '/admin/training-jobs', json({ ...order, name: 'policies' })), []);
  t.strictSame(await beyond('training', '/admin/training-jobs/heavy-1'), []);
  t.strictSame(await beyond('deployments', '/admin/deployments', json({ name: 'other', trainingJob: 'heavy-1' })), []);
  t.strictSame(await beyond('deployments', '/admin/deployments/heavy'), []);
  t.strictSame(await beyond('predict', '/models'), []);
  t.strictSame(await beyond('transforms', '/admin/transform-jobs'), []);
  t.strictSame(await beyond('notebooks', '/admin/notebooks'), []);
  const evaluation = json({ deployment: 'heavy', dataset: 'heavy', label: 'heavy' });
  // Waited for, or its last writes fell to the next.
  evaluation.headers = { ...evaluation.headers, prefer: 'wait=60' };
  t.strictSame(await beyond('evaluations', '/admin/evaluations', evaluation), []);
  t.strictSame(await beyond('deployments', '/admin/deployments/heavy', { method: 'DELETE' }), []);
});
