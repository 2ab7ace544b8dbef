import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { awsEnv, Container, skipped } from './docker.ts';
import { hasHaproxy, startHaproxy } from './haproxy.ts';
import { startLoad, waitFor } from './load.ts';
import { hasNginx, startNginx } from './nginx.ts';
import { startStub } from './stub-sagemaker.ts';

t.setTimeout(600_000);

const front = 18_210;
const ports = [18_211, 18_212];
const wanted = 20_000;

const balancers = [
  { name: 'nginx, which tries another when one is gone', has: hasNginx, start: startNginx },
  { name: 'haproxy, which asks /readyz and tries no other', has: hasHaproxy, start: startHaproxy },
];

for (const { name, has, start } of balancers) {
  const skip = skipped || (has ? false : `${name.split(',')[0]} is not installed`);
  t.test(`two gateways, each replaced three times under constant load behind ${name}`, { skip }, async (t) => {
    const stub = await startStub(0, 5);
    const upstream = `http://127.0.0.1:${(stub.address() as AddressInfo).port}`;
    const running = new Map<number, Container>();
    const balancer = await start(front, ports);
    t.teardown(async () => {
      await balancer.stop();
      for (const container of running.values()) container.remove();
      stub.closeAllConnections();
      stub.close();
    });
    const place = async (port: number) => {
      running.set(
        port,
        await Container.start(['--network', 'host'], { ...awsEnv(port, upstream), SHUTDOWN_DELAY_MS: '5000' }),
      );
      await waitFor(`http://127.0.0.1:${port}/readyz`, 200, 60_000);
    };
    await Promise.all(ports.map(place));
    await balancer.settled();

    const load = startLoad(`http://127.0.0.1:${front}/predict`, { connections: 32 });
    const codes: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      for (const port of ports) {
        const old = running.get(port);
        await old?.signal('SIGTERM');
        codes.push((await old?.ended()) ?? -1);
        old?.remove();
        await place(port);
        await balancer.settled();
      }
    }
    while (load.report.answered < wanted && load.report.failures.length === 0) await sleep(100);
    const { answered, failures } = await load.stop();
    t.strictSame(failures.slice(0, 3), [], `${failures.length} failed of ${answered + failures.length}`);
    if (balancer.secondTries)
      t.comment(`${balancer.secondTries()} were refused by a gateway that was going and taken by the other`);
    t.ok(answered >= wanted, `${answered} requests answered`);
    t.strictSame(codes, [0, 0, 0, 0, 0, 0], 'each ended in order');
  });
}
