import t from 'tap';
import { ConfigError, loadConfig } from '../../src/config/load.ts';

const faultsOf = (env: NodeJS.ProcessEnv, file?: string): readonly string[] => {
  try {
    loadConfig(env, file);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
};

t.test('without any setting everything runs on this machine', async (t) => {
  const config = loadConfig({});
  t.match(config, {
    mode: 'local',
    host: '127.0.0.1',
    port: 8080,
    defaultModel: 'bank',
    local: { stateDir: '.local' },
  });
});

t.test('an endpoint name is the whole configuration of the simplest deployment', async (t) => {
  const config = loadConfig({ SAGEMAKER_ENDPOINT_NAME: 'xgboost-prod' });
  t.equal(config.mode, 'aws');
  t.equal(config.defaultModel, 'xgboost-prod');
  t.match(config.models['xgboost-prod'], { endpoint: 'xgboost-prod', contentType: 'text/csv', accept: 'text/csv' });
});

t.test('any AWS setting means AWS, unless local mode is asked for', async (t) => {
  t.equal(loadConfig({ AWS_REGION: 'eu-west-1' }).mode, 'aws');
  t.equal(loadConfig({ AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/x' }).mode, 'aws');
  t.equal(loadConfig({ AWS_REGION: 'eu-west-1', GATEWAY_MODE: 'local' }).mode, 'local');
});

t.test('the environment wins over gateway.yaml', async (t) => {
  const file =
    'port: 9000\naws: { bucket: from-file, prefix: team }\nmodels:\n  churn: { endpoint: churn-v2, threshold: 0.3 }\n';
  const config = loadConfig({ GATEWAY_BUCKET: 'from-env' }, file);
  t.equal(config.port, 9000);
  t.strictSame(config.aws, { bucket: 'from-env', prefix: 'team' });
  t.equal(config.defaultModel, 'churn', 'the only model is the default');
  t.match(config.models.churn, { endpoint: 'churn-v2', threshold: 0.3, timeoutMs: 60_000 });
  t.equal(
    loadConfig({}, 'models:\n  a: { endpoint: a }\n  b: { endpoint: b }\n').defaultModel,
    undefined,
    'two: none is meant',
  );
});

t.test('every fault is reported at once, by the name under which it was given', async (t) => {
  const faults = faultsOf(
    { PORT: 'eighty', SAGEMAKER_ROLE_ARN: 'arn:secret' },
    'colour: red\nmodels:\n  a: { endpoint: "b b", features: [] }\n',
  );
  t.equal(faults.length, 5, faults.join('\n'));
  for (const place of [
    /port \(PORT\): must be integer/,
    /aws\.roleArn \(SAGEMAKER_ROLE_ARN\)/,
    /"colour"/,
    /models\.a\.endpoint/,
    /models\.a\.features/,
  ]) {
    t.ok(
      faults.some((fault) => place.test(fault)),
      String(place),
    );
  }
  t.notMatch(faults.join('\n'), /arn:secret/, 'values may be secrets');
  t.match(faultsOf({}, 'a: [')[0], /gateway\.yaml/);
});

t.test('features that contradict themselves are told by their place', async (t) => {
  const file = `
models:
  a:
    endpoint: a
    features:
      - { name: age, type: integer, min: 9, max: 1 }
      - { name: job, type: category, categories: [cook, cook], columns: [job_cook] }
      - { name: job_cook, categories: [x] }
  b:
    endpoint: b
    features: [{ name: age, default: null }, { name: kind, type: category, categories: [x, y], columns: [kind_x, kind_y], default: x }]
`;
  t.strictSame(faultsOf({}, file), [
    'models.a.features.2: repeats the name "job_cook"',
    'models.a.features.0.max: must not be less than min',
    'models.a.features.1.columns: must be as many as categories, 2',
    'models.a.features.1.categories: must not repeat',
    'models.a.features.2.categories: can only stand at a category',
  ]);
});
