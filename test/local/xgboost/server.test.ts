import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { floatRepr } from '../../../src/built-in-xgboost/python.ts';
import { train } from '../../../src/local/xgboost/booster.ts';
import { validateHyperparameters } from '../../../src/local/xgboost/hyperparameters.ts';
import { modelToJson } from '../../../src/local/xgboost/model-json.ts';
import { loadXgboostServer } from '../../../src/local/xgboost/server.ts';
import { csvMatrix, noisyCsv, noisyRows } from './fixtures.ts';

/** Leaves 0.25 below 0.5 and 0.75 above, right when missing; a second feature is never looked at. */
const STUMP = { num_round: '1', max_depth: '1', eta: '1', lambda: '0', base_score: '0', min_child_weight: '0' };
const stump = modelToJson(train(validateHyperparameters(STUMP), csvMatrix('0.25,0,7\n0.75,1,7\n')));

async function serve(t: Test, model: string, file = 'xgboost-model') {
  const directory = t.testdir();
  writeFileSync(join(directory, file), model);
  const server = await loadXgboostServer(directory);
  return async (body: string | Buffer, contentType = 'text/csv', accept = '') => {
    const answer = await server.invoke({ contentType, accept, body: Buffer.from(body) });
    return { ...answer, body: answer.body.toString() };
  };
}

t.test('answers in the form asked for', async (t) => {
  const invoke = await serve(t, stump);
  const csv = { status: 200, contentType: 'text/csv; charset=utf-8', body: '0.25\n0.75\n' };
  t.same(await invoke('0,7\n1,7'), csv);
  t.same(await invoke('0,7\r\n1,7\r\n\n', 'text/csv; charset=utf-8', '*/*'), csv);
  t.same(await invoke('0;7\n1;7\n', 'TEXT/CSV', 'text/csv'), csv);
  t.same(await invoke('0:0 1:7\n0:1', 'text/libsvm'), csv);
  t.same(await invoke('1 0:0\n0 1:7', 'text/x-libsvm'), csv, 'a label is passed over, what is absent is missing');
  t.same(await invoke('0:0\n\n0:0', '').then(({ body }) => body), '0.25\n0.75\n0.25\n', 'an empty row is a row');
  t.same(await invoke(',7\nnan,7\n0.4,'), { ...csv, body: '0.75\n0.75\n0.25\n' });
  t.same(await invoke('0,7\n1,7', 'text/csv', 'application/json'), {
    status: 200,
    contentType: 'application/json',
    body: '{"predictions": [{"score": 0.25}, {"score": 0.75}]}',
  });
  t.same(await invoke('0,7\n1,7', 'text/csv', 'application/jsonlines;x=1'), {
    status: 200,
    contentType: 'application/jsonlines',
    body: '{"score": 0.25}\n{"score": 0.75}\n',
  });
});

t.test('a class has a score each with multi:softprob, the class is the score with multi:softmax', async (t) => {
  const model = (objective: string) =>
    modelToJson(train(validateHyperparameters({ ...STUMP, objective, num_class: '3' }), csvMatrix('0,0\n1,1\n2,2\n')));
  const softprob = await serve(t, model('multi:softprob'));
  const { body } = await softprob('0\n1\n');
  t.match(body, /^0\.\d+,0\.\d+,0\.\d+\n0\.\d+,0\.\d+,0\.\d+\n$/);
  const json = await softprob('0\n1\n', 'text/csv', 'application/json');
  const scores = body
    .trim()
    .split('\n')
    .map((row) => `{"score": [${row.replaceAll(',', ', ')}]}`);
  t.equal(json.body, `{"predictions": [${scores.join(', ')}]}`);
  const softmax = await serve(t, model('multi:softmax'));
  t.equal((await softmax('0\n2\n')).body, '0.0\n2.0\n');
});

t.test('refuses in the words of the container', async (t) => {
  const invoke = await serve(t, stump);
  const refused = async (answer: ReturnType<typeof invoke>, status: number, body: string) =>
    t.match(await answer, { status, body, contentType: 'text/html; charset=utf-8' });
  await refused(invoke(''), 204, '');
  await refused(
    invoke('0,7\n1,abc'),
    415,
    'Loading csv data failed with Exception, please ensure data is in csv format:\n' +
      " <class 'ValueError'>\n could not convert string to float: 'abc'",
  );
  await refused(invoke('0:0 x', 'text/libsvm'), 415, 'Loading libsvm data failed with Exception, ');
  await refused(invoke('1,7\n1'), 415, 'Loading csv data failed with Exception, ');
  await refused(invoke(' \n'), 415, 'Loading csv data failed with Exception, ');
  await refused(
    invoke('{}', 'application/json'),
    415,
    'application/json is not an accepted ContentType: csv, libsvm, ',
  );
  await refused(invoke('x', 'application/x-parquet'), 415, 'Content-type application/x-parquet is not supported.');
  const unable = 'Unable to evaluate payload provided: Feature size of';
  const trained = 'feature size of trained model 2.';
  await refused(invoke('1,2,3'), 400, `${unable} csv inference data 3 is not consistent with ${trained}`);
  await refused(invoke('1'), 400, `${unable} csv inference data 1 is not consistent with ${trained}`);
  await refused(invoke('2:1', 'text/libsvm'), 400, `${unable} libsvm inference data 3 is larger than ${trained}`);
  await refused(
    invoke('1,7', 'text/csv', 'image/png'),
    406,
    'Accept type image/png is not supported. Please use supported accept types: ' +
      "['application/json', 'application/jsonlines', 'text/csv'].",
  );
});

t.test('uses the best rounds only when the model names them', async (t) => {
  const { learner, version } = JSON.parse(
    modelToJson(train(validateHyperparameters({ ...STUMP, num_round: '2', eta: '0.5' }), csvMatrix('1,0\n3,1\n'))),
  );
  const limited = (best_ntree_limit: string) =>
    JSON.stringify({ learner: { ...learner, attributes: { best_ntree_limit } }, version });
  t.equal((await (await serve(t, limited('1')))('0\n1\n')).body, '0.5\n1.5\n');
  t.equal((await (await serve(t, limited('2')))('0\n1\n')).body, '0.75\n2.25\n');
});

t.test('says why a model cannot be loaded', async (t) => {
  const cannot = (model: string, message: RegExp) => t.rejects(serve(t, model), { name: 'ModelError', message });
  await t.rejects(loadXgboostServer(t.testdir()), /Unable to load model: no xgboost-model in /);
  await cannot('binf\0\0', /xgboost-model cannot be loaded: not a JSON model/);
  await cannot('[]', /model is no object/);
  await cannot(stump.replace('"gbtree"}', '"dart"}'), /booster dart is not supported, only gbtree is/);
  await cannot(stump.replace('reg:squarederror', 'rank:map'), /objective rank:map is not supported/);
  await cannot(stump.replace('"split_type":[0', '"split_type":[1'), /trees\[0\] splits by category/);
  await cannot(stump.replace('"left_children":[1', '"left_children":[9'), /trees\[0\]: node 0 has child 9/);
  await cannot(stump.replace('"left_children":[1', '"left_children":[0'), /trees\[0\]: node 0 has child 0/);
});

t.test('a large body leaves the event loop free', async (t) => {
  const raw = { num_round: '100', max_depth: '5' };
  const invoke = await serve(
    t,
    modelToJson(train(validateHyperparameters(raw), csvMatrix(noisyCsv(1000, 1, (s) => s)))),
  );
  const body = noisyRows(12_000, 2)
    .map(({ cells }) => `${cells.join()}\n`)
    .join('')
    .repeat(4);
  await invoke(body);
  let turns = 0;
  let waiting = true;
  const tick = (): void => {
    turns += 1;
    if (waiting) setImmediate(tick);
  };
  setImmediate(tick);
  const { body: scores } = await invoke(body);
  waiting = false;
  t.equal(scores.split('\n').length, 48_001);
  // Turns are counted, not timed: a slow machine has more of them, and one that is never yielded for has one or two.
  t.ok(turns > 20, `others had ${turns} turns`);
});

t.test('numbers look as Python prints them', async (t) => {
  for (const [value, text] of [
    [Math.fround(0.4386190772), '0.43861907720565796'],
    [1, '1.0'],
    [0, '0.0'],
    [-0, '-0.0'],
    [1e-4, '0.0001'],
    [0.00001, '1e-05'],
    [1.5e-7, '1.5e-07'],
    [-2.5e-10, '-2.5e-10'],
    [123456789, '123456789.0'],
    [1e15, '1000000000000000.0'],
    [1e16, '1e+16'],
    [1.25e21, '1.25e+21'],
    [3e100, '3e+100'],
    [Number.NaN, 'nan'],
    [-Infinity, '-inf'],
  ] as const) {
    t.equal(floatRepr(value), text);
  }
});
