import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import t from 'tap';
import { peerMissing, python, runPeer } from '../peer.ts';
import { sandbox } from './sandbox.ts';

/** With the Jupyter that stands beside the Python, if there is one. */
const PATH = [dirname(python), process.env.PATH].join(delimiter);

/** `npm run local-sagemaker`, and the variables that it prints. */
async function startAlone(): Promise<Record<string, string>> {
  const script = join(import.meta.dirname, '../../scripts/local-sagemaker.ts');
  const args = [script, '--port', '0', '--state', await sandbox(t), '--image', 'script:*=env'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, PATH } });
  t.teardown(async () => {
    child.kill('SIGTERM');
    await once(child, 'exit');
  });
  let printed = '';
  for await (const piece of child.stdout) {
    printed += piece;
    if (printed.includes('Ctrl-C')) break;
  }
  const exports = printed.split('\n').filter((line) => line.startsWith('export '));
  const variables = exports.flatMap((line) => line.slice('export '.length).split(' '));
  return Object.fromEntries(variables.map((each) => each.split('=') as [string, string]));
}

const read = (name: string) => readFileSync(join(import.meta.dirname, 'python', name), 'utf8');
// They wait more than they work.
t.jobs = 3;
const variables = await startAlone();

t.test(
  'the SageMaker Python SDK, unmodified: the tutorial',
  { skip: peerMissing('sagemaker.estimator'), timeout: 170_000, buffered: true },
  async (t) => {
    const folder = t.testdir();
    const quiet = { SAGEMAKER_SUPPRESS_V2_WARNING: '1', HOME: folder, XDG_CONFIG_HOME: folder };
    const { log, ...result } = await runPeer(
      read('tutorial.py'),
      { ...variables, ...quiet },
      { peer: 'sagemaker', timeout: 160_000 },
    );
    t.match(result, {
      role: 'arn:aws:iam::000000000000:role/local',
      bucket: 'sagemaker-us-east-1-000000000000',
      accuracy: 1,
      rows: 100,
      metrics: ['train:error', 'validation:error'],
      left: 0,
    });
    t.match(
      log,
      /\[0\]#011train-error:0\.\d+#011validation-error:0\.\d+[\s\S]*\[4\]#011train-error/,
      'its log is printed',
    );
    t.match(log, /Training seconds: \d+/);
  },
);

t.test(
  'boto3, unmodified: waiters, pages, errors',
  { skip: peerMissing('boto3'), timeout: 175_000, buffered: true },
  async (t) => {
    const result = await runPeer(read('boto3-waiters.py'), { ...variables, PATH }, { timeout: 170_000 });
    const waited = [
      'training_job_completed_or_stopped',
      'transform_job_completed_or_stopped',
      'endpoint_in_service',
      'endpoint_deleted',
      'processing_job_completed_or_stopped',
    ];
    const notebooks = ['in_service', 'stopped', 'deleted'].map((state) => `notebook_instance_${state}`);
    const images = ['created', 'updated', 'version_created', 'version_deleted', 'deleted'].map((it) => `image_${it}`);
    const jupyter = peerMissing('jupyter_server') === false;
    t.same(result.waited, [...waited, ...(jupyter ? notebooks : []), ...images]);
    t.same(result.unwaited, jupyter ? [] : notebooks.toSorted(), 'no other waiter is left');
    const pages = result.pages as string[][];
    t.same(
      pages.map((page) => page.length),
      [10, 10, 5],
    );
    t.same(
      pages.flat(),
      Array.from({ length: 25 }, (_, at) => `many-${String(at).padStart(2, '0')}`),
    );
    t.match(result, { streams: 1, scores: 2, lines: '2' });
    t.same(result.errors, [
      'ValidationException',
      'ResourceNotFound',
      'ValidationException',
      'UnknownOperationException',
    ]);
  },
);

t.test('the AWS CLI, unmodified', { skip: peerMissing('awscli'), buffered: true }, async (t) => {
  const script = [
    'import json, subprocess, sys',
    "run = lambda *args: subprocess.run([sys.executable, '-m', 'awscli', *args], capture_output=True, text=True)",
    "made = run('sagemaker', 'create-model', '--model-name', 'cli', '--execution-role-arn', 'arn:aws:iam::000000000000:role/x', '--primary-container', 'Image=x')",
    "shown = run('sagemaker', 'describe-model', '--model-name', 'cli')",
    "wrong = run('sagemaker', 'create-model', '--model-name', 'under_score', '--execution-role-arn', 'arn:aws:iam::000000000000:role/x')",
    "print(json.dumps({'made': made.stdout, 'shown': shown.stdout, 'wrong': wrong.stderr}))",
  ].join('\n');
  const { made, shown, wrong } = await runPeer(script, variables);
  const ModelArn = 'arn:aws:sagemaker:us-east-1:000000000000:model/cli';
  t.same(JSON.parse(String(made)), { ModelArn });
  t.match(JSON.parse(String(shown)), { ModelName: 'cli', ModelArn, PrimaryContainer: { Image: 'x' } });
  t.match(
    wrong,
    /\(ValidationException\).*Value 'under_score' at 'modelName' failed to satisfy constraint: Member must satisfy/,
  );
});
