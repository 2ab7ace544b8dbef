import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ask } from './load.ts';
import type { Balancer } from './nginx.ts';

export const hasHaproxy = spawnSync('haproxy', ['-v']).status === 0;

/** A balancer over gateways on loopback that asks them whether they are ready, as an ALB does, and never sends a request twice. */
export async function startHaproxy(port: number, upstreams: readonly number[]): Promise<Balancer> {
  const folder = mkdtempSync(join(tmpdir(), 'sagemaker-gateway-haproxy-'));
  const file = join(folder, 'haproxy.cfg');
  const state = port - 1;
  writeFileSync(
    file,
    `global
  maxconn 2000
  nbthread 1
defaults
  mode http
  timeout connect 2s
  timeout client 70s
  timeout server 70s
  retries 0
listen state
  bind 127.0.0.1:${state}
  stats enable
  stats uri /
listen gateways
  bind 127.0.0.1:${port}
  balance leastconn
  option httpchk GET /readyz
  http-check expect status 200
  timeout check 5s
  default-server check inter 250ms fall 3 rise 1
${upstreams.map((upstream) => `  server gateway-${upstream} 127.0.0.1:${upstream}`).join('\n')}
`,
  );
  const haproxy = spawn('haproxy', ['-db', '-q', '-f', file], { stdio: 'inherit' });
  await once(haproxy, 'spawn');
  return {
    async settled() {
      // In its table of servers, with commas: name of the group, of the server, …, state.
      const isUp = async () => {
        const { body } = await ask(`http://127.0.0.1:${state}/;csv`).catch(() => ({ body: '' }));
        return upstreams.every((upstream) => new RegExp(`^gateways,gateway-${upstream},.*,UP,`, 'm').test(body));
      };
      for (let i = 0; i < 600 && !(await isUp()); i += 1) await sleep(50);
    },
    async stop() {
      const ended = once(haproxy, 'exit');
      haproxy.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}
