import type { AddressInfo } from 'node:net';
import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { awsEnv, Container, docker, image, skipped } from './docker.ts';
import { startLoad, waitFor } from './load.ts';
import { startStub } from './stub-sagemaker.ts';

t.setTimeout(240_000);

/** What our layers may add to the base image, bytes. */
const budget = 40e6;

t.test('the image: small, not root, exec form, labelled', { skip: skipped }, async (t) => {
  const [config] = JSON.parse(await docker('image', 'inspect', image)) as [
    {
      Config: {
        User: string;
        Env: string[];
        Entrypoint: string[];
        Healthcheck: { Test: string[] };
        Labels: Record<string, string>;
      };
    },
  ];
  const { User, Env, Entrypoint, Healthcheck, Labels } = config.Config;
  t.match(User, /^[1-9]\d*:[1-9]\d*$/, 'a number, so that Kubernetes can tell that it is not root');
  t.equal(Entrypoint[0], 'node');
  t.equal(Healthcheck.Test[0], 'CMD', 'no shell');
  t.ok(Env.includes('NODE_OPTIONS=--max-semi-space-size=8'), 'as the bench measures it');
  t.match(Labels, { 'org.opencontainers.image.title': 'sagemaker-gateway', 'org.opencontainers.image.version': /^\d/ });

  const natives = await docker(
    ...['run', '--rm', '--network', 'none', '--entrypoint', 'node', image, '-e'],
    `const { globSync, openSync, readSync, statSync } = require('node:fs');
    const magic = (file) => { const start = Buffer.alloc(4); readSync(openSync(file), start); return start.toString('latin1'); };
    const files = globSync('/app/**').concat(globSync('/app/.compile-cache/**')).filter((file) => statSync(file).isFile());
    if (files.length < 20) throw new Error('nothing is there');
    console.log(files.filter((file) => magic(file) === '\\x7fELF').join(' '));`,
  );
  t.equal(natives, '', 'nothing of it is for one processor only');

  const base = Number(await docker('image', 'inspect', '--format', '{{.Size}}', process.env.BASE_IMAGE ?? ''));
  const whole = Number(await docker('image', 'inspect', '--format', '{{.Size}}', image));
  t.ok(whole - base < budget, `our layers add ${((whole - base) / 1e6).toFixed(1)} MB`);
});

t.test(
  'alone: local mode, which trains, deploys and predicts, and lets in nobody without its key',
  { skip: skipped },
  async (t) => {
    const container = await Container.start(['--network', 'none']);
    t.teardown(() => container.remove());
    let log = '';
    for (let i = 0; i < 1_200 && !log.includes('Try it'); i += 1) {
      await sleep(100);
      log = await container.logs();
      if ((await container.inspect('{{.State.Running}}')) !== 'true') break;
    }
    const [, key] = /API key +(sgw_\w+)/.exec(log) ?? [];
    t.ok(key, key ? 'says its key' : `says no key: ${log.slice(-2_000)}`);
    t.match(log, /Trained/);

    const row = Array.from({ length: 59 }, () => 0).join(',');
    const statusWith = (header: string) =>
      container.evaluate(`const { status } = await fetch('http://127.0.0.1:8080/predict', { method: 'POST', body: '${row}',
      headers: { 'content-type': 'text/csv'${header} } }); console.log(status);`);
    t.equal(await statusWith(`, 'x-api-key': '${key}'`), '200');
    t.equal(await statusWith(''), '401');
    t.equal(await docker('exec', container.id, 'node', '/app/docker/healthcheck.mjs'), '', 'is healthy');

    await container.signal('SIGTERM');
    t.equal(await container.ended(), 0);
    t.equal(await container.inspect('{{.State.OOMKilled}}'), 'false');
  },
);

t.test('against AWS: refuses to be open to anybody', { skip: skipped }, async (t) => {
  const container = await Container.start(['--network', 'none'], {
    SAGEMAKER_ENDPOINT_NAME: 'x',
    AWS_REGION: 'us-east-1',
  });
  t.teardown(() => container.remove());
  t.equal(await container.ended(), 1);
  t.match(await container.logs(), /anybody could call/);
});

t.test('SIGTERM under 50 connections: no failed request, exit 0 in time', { skip: skipped }, async (t) => {
  const stub = await startStub(0, 20);
  const upstream = `http://127.0.0.1:${(stub.address() as AddressInfo).port}`;
  const url = 'http://127.0.0.1:18201';
  // Asked from before there is a container, so that what the client of Docker takes is not part of it.
  const ready = waitFor(`${url}/readyz`, 200, 60_000).then(() => Date.now());
  const container = await Container.start(['--network', 'host'], awsEnv(18_201, upstream));
  t.teardown(() => {
    container.remove();
    stub.closeAllConnections();
    stub.close();
  });
  const took = (await ready) - Date.parse(await container.inspect('{{.State.StartedAt}}'));
  t.comment(`start of the container to ready: ${took} ms (load average ${loadavg()[0]?.toFixed(1)})`);

  const load = startLoad(`${url}/predict`, { connections: 50 });
  await sleep(3_000);
  const asked = performance.now();
  await container.signal('SIGTERM');
  await waitFor(`${url}/readyz`, 503, 2_000);
  const { answered, failures } = await load.stop();
  t.strictSame(failures.slice(0, 3), [], `${failures.length} failed of ${answered + failures.length}`);
  t.equal(await container.ended(), 0);
  const lasted = performance.now() - asked;
  t.ok(lasted < 30_000, `ended after ${Math.round(lasted)} ms, of which 1000 for the balancer`);
});
