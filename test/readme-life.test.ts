import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import type { Deployment } from '../src/admin/deployments/schema.ts';
import type { Evaluation } from '../src/admin/evaluations/schema.ts';
import type { TrainingJob } from '../src/admin/training/schema.ts';
import { startGateway } from './gateway.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const data = join(import.meta.dirname, '../../shared/data/bank/bank-additional-full.csv');
const skip = existsSync(data) ? false : `no bank data at ${data}`;
const end = '\n=== end of a command ===\n';

/** The commands of the section, but for the address. */
function commands(url: string): string {
  const [, section = ''] = readme.split('\n## Train, deploy, evaluate\n');
  const [, block = ''] = /```sh\n([\s\S]*?)```/.exec(section) ?? [];
  const [first = '', ...rest] = block.split('\n');
  t.equal(first, 'gw=http://127.0.0.1:8080');
  return [`gw=${url}`, ...rest].join('\n');
}

/** The last event of a stream. */
const lastEvent = (stream = ''): { event: string; data: Record<string, unknown> } => {
  const [event = '', data = '{}'] = stream.trim().split('\n\n').at(-1)?.split('\n') ?? [];
  return { event: event.replace('event: ', ''), data: JSON.parse(data.replace('data: ', '')) };
};

t.test(
  'the life of a model, by the commands of README as they stand, on the data as published',
  { skip },
  async (t) => {
    const { url } = await startGateway(t);
    const cwd = t.testdir();
    copyFileSync(data, join(cwd, 'bank-additional-full.csv'));
    // Stops at the first answer that is an error, and tells the answers apart.
    const curl = `curl() { command curl --fail-with-body "$@" && printf '${end.replaceAll('\n', '\\n')}'; }`;
    const script = `set -euo pipefail\n${curl}\n${commands(url)}`;
    const { stdout } = await promisify(execFile)('bash', ['-c', script], { cwd, maxBuffer: 2 ** 28 }).catch((error) => {
      throw new Error(`${String(error.stdout).slice(-2_000)}\n${String(error.stderr)}`);
    });
    const answers = stdout.split(end);
    const json = (index: number) => JSON.parse(answers[index] ?? '');

    t.match(json(0), { rows: 41_188, columns: 21, delimiter: ';', status: 'Completed' });
    t.match(json(1).columns[1], { name: 'job', type: 'category', distinct: 12, missing: 0 });
    t.match(json(1).columns[12], { name: 'pdays', values: [{ value: '999', count: 39_673 }] });
    t.match(json(2), { status: 'Completed', rows: 41_188, classes: ['no', 'yes'] });
    t.match(json(3), { train: { rows: 28_831 }, validation: { rows: 4_119 }, test: { rows: 8_238 } });
    t.match(lastEvent(answers[5]), {
      event: 'end',
      data: { status: 'Completed', metrics: { 'validation:error': Number } } satisfies Partial<
        Record<keyof TrainingJob, unknown>
      >,
    });
    t.match(lastEvent(answers[7]), { event: 'end', data: { status: 'InService' } });
    t.match(json(8), { model: 'calls', predictions: [{ score: Number, label: 'no' }] });

    const { metrics, problem, slices } = json(9) as Evaluation;
    t.equal(problem, 'binary');
    t.ok(slices?.length === 4, 'a row of metrics for each quarter of the ages');
    const { accuracy, auc } = metrics ?? {};
    t.ok((accuracy ?? 0) >= 0.895, `accuracy ${accuracy}; published without the economic columns 0.895 to 0.897`);
    t.ok((auc ?? 0) >= 0.78, `AUC ${auc}`);
    t.match(readFileSync(join(cwd, 'report.html'), 'utf8'), /Compared with calls-next[\s\S]+McNemar/);

    t.match(lastEvent(answers[16]), { event: 'end', data: { status: 'Completed', rows: 8_238 } });
    const scored = readFileSync(join(cwd, 'scored.csv'), 'utf8').trim().split('\n');
    t.equal(scored.length, 8_239);
    t.match(scored[0], /,score,label$/);
    t.match(lastEvent(answers[19]), {
      data: { deployment: { state: 'Deployed', name: 'calls-gated', evaluation: { passed: true } } },
    });

    const first = lastEvent(answers[7]).data as Deployment;
    const updated = lastEvent(answers[21]).data as Deployment;
    const back = lastEvent(answers[23]).data as Deployment;
    t.match(updated, { status: 'InService', trainingJob: 'calls-2' });
    t.match(back, { status: 'InService', trainingJob: 'calls-1', version: first.version });
    t.match(json(24).removed, ['endpoint/calls']);
    t.equal(answers.length, 30, 'every command was answered');
    for (const path of ['admin/deployments/calls', 'admin/deployments/calls-gated', 'admin/datasets/calls']) {
      t.equal((await fetch(`${url}/${path}`)).status, 404, path);
    }
  },
);
