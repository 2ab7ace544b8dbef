import { setTimeout as sleep } from 'node:timers/promises';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import t from 'tap';
import { defaultModelSettings } from '../../src/config/validate.ts';
import type { Script } from '../local/scripted-model.ts';
import { startWithModel } from './deployed.ts';
import { copyAsAsync, startWithScript } from './scripted.ts';

const asyncConfig = {
  ClientConfig: { MaxConcurrentInvocationsPerInstance: 2 },
  OutputConfig: { S3OutputPath: 's3://outputs/out', S3FailurePath: 's3://outputs/failed' },
};
const gateway = await startWithScript(t, { asyncEndpoint: 'scripted-async' }, asyncConfig);
const { url, seen, aws } = gateway;
t.before(() => aws.s3.send(new CreateBucketCommand({ Bucket: 'outputs' })));

const later = { prefer: 'respond-async' };
const script = { 'content-type': 'application/x-script' };

const post = (body: Script | Buffer, headers: Record<string, string> = {}, at = url, model = 'scripted') =>
  fetch(`${at}/predict/${model}`, {
    method: 'POST',
    headers: { ...script, ...headers },
    body: Buffer.isBuffer(body) ? (body as Uint8Array<ArrayBuffer>) : JSON.stringify(body),
  });

interface Fetched {
  id: string;
  status: string;
  predictions: { score: number; label: string }[];
  problem: { code: string; upstream?: { status: number; message: string } };
}

/** The prediction when it is not pending any more. */
async function settled(location: string | null, headers: Record<string, string> = {}, at = url): Promise<Response> {
  for (;;) {
    const response = await fetch(`${at}${location}`, { headers });
    if (response.status !== 202) return response;
    await response.text();
    await sleep(20);
  }
}

t.test('accepted now, fetched later', async (t) => {
  const accepted = await post({ pieces: 2, bytes: 5, pauseMs: 300 }, later);
  t.equal(accepted.status, 202);
  t.equal(accepted.headers.get('preference-applied'), 'respond-async');
  const body = (await accepted.json()) as Fetched;
  t.match(body, { id: /^[0-9a-f-]{36}$/, status: 'pending', model: 'scripted' });
  const location = accepted.headers.get('location');
  t.equal(location, `/predictions/${body.id}`);

  const pending = await fetch(url + location);
  t.equal(pending.status, 202);
  t.equal(pending.headers.get('retry-after'), '1');
  t.same(await pending.json(), body);

  const done = await settled(location);
  t.equal(done.status, 200);
  t.equal(done.headers.get('content-type'), 'application/x-scripted');
  t.equal((await done.arrayBuffer()).byteLength, 10);
  t.equal((await settled(location, { accept: 'text/csv' })).status, 406);
});

t.test('a prediction that failed says why', async (t) => {
  const { headers } = await post({ status: 418 }, later);
  const failed = await settled(headers.get('location'));
  t.equal(failed.status, 200);
  t.match(await failed.json(), {
    status: 'failed',
    model: 'scripted',
    problem: { code: 'model_error', status: 502, upstream: { status: 418, message: 'refused by script' } },
  });
});

t.test('an id that nobody was given', async (t) => {
  const unknown = await fetch(`${url}/predictions/00000000-0000-4000-8000-000000000000`);
  t.equal(unknown.status, 404);
  t.match(await unknown.json(), { code: 'not_found' });
  t.equal((await fetch(`${url}/predictions/..%2Fdeployments`)).status, 400);
});

t.test('a body over the limit of real time goes to the asynchronous endpoint by itself', async (t) => {
  const before = seen.calls;
  const accepted = await post(Buffer.alloc(26 * 1024 * 1024, '1'));
  t.equal(accepted.status, 202);
  t.equal(accepted.headers.get('preference-applied'), null, 'nobody preferred it');
  const done = await settled(accepted.headers.get('location'));
  t.equal((await done.arrayBuffer()).byteLength, 10);
  t.equal(seen.calls, before + 1);
});

t.test('what cannot be queued is refused, and nothing stays behind', async (t) => {
  const faults = `${gateway.local.url}/_local/endpoints/scripted-async/faults`;
  await fetch(faults, { method: 'PUT', body: 'unavailable' });
  const before = (await gateway.workspace.list('predictions/')).keys.length;
  const refused = await post({}, later);
  t.equal(refused.status, 503);
  t.equal((await gateway.workspace.list('predictions/')).keys.length, before);
  await fetch(faults, { method: 'DELETE' });
});

t.test('without an asynchronous endpoint the preference is ignored', async (t) => {
  const { url } = await startWithScript(t);
  const response = await post({}, later, url);
  t.equal(response.status, 200);
  t.equal(response.headers.get('preference-applied'), null);
  t.equal((await post(Buffer.alloc(26 * 1024 * 1024), {}, url)).status, 413);
});

t.test('rows of a real model: checked at once, labelled later', async (t) => {
  const models = {
    later: defaultModelSettings({
      endpoint: 'heavy',
      asyncEndpoint: 'heavy-async',
      features: ['height', 'weight', 'age'].map((name) => ({ name })),
      threshold: 0.5,
      labels: ['no', 'yes'],
    }),
  };
  const { url, aws } = await startWithModel(t, {}, { models });
  await aws.s3.send(new CreateBucketCommand({ Bucket: 'outputs' }));
  await copyAsAsync(aws, 'heavy', 'heavy-async', asyncConfig);
  const json = { 'content-type': 'application/json' };
  const ask = (body: object, headers = {}) =>
    fetch(`${url}/predict/later`, { method: 'POST', headers: { ...json, ...headers }, body: JSON.stringify(body) });

  t.match(await (await ask({ instances: [[1]] }, later)).json(), { code: 'validation_failed' });
  const instances = [{ height: 180, weight: 80, age: 40 }, [180, 60, 40]];
  const now = (await (await ask({ instances })).json()) as Fetched;
  const location = (await ask({ instances }, later)).headers.get('location');
  const then = (await (await settled(location, {}, url)).json()) as Fetched;
  t.match(then, { status: 'done', model: 'later', createdAt: /^\d{4}-/ });
  t.same(then.predictions, now.predictions, 'as POST /predict answers');
  t.match(await (await settled(location, { accept: 'text/csv' }, url)).text(), /^0\.9\d+\n0\.0\d+\n$/);
  t.match(await (await settled(location, { accept: 'application/jsonlines' }, url)).text(), /"label":"yes"\}\n/);
  t.equal((await settled(location, { accept: 'image/png' }, url)).status, 406);

  const rows = '180,80,40\n'.repeat(2_800_000);
  const large = await fetch(`${url}/predict/later`, {
    method: 'POST',
    headers: { 'content-type': 'text/csv' },
    body: rows,
  });
  t.equal(large.status, 202);
  const wrong = await fetch(`${url}/predict/later`, {
    method: 'POST',
    headers: json,
    body: Buffer.alloc(26 * 1024 * 1024, ' '),
  });
  t.equal(wrong.status, 415, 'rows in another form would have to be held to be written anew');
});
