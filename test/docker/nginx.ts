import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export const hasNginx = spawnSync('nginx', ['-v']).status === 0;

export interface Balancer {
  /** How many requests had to be sent to a second gateway; where it never does that there is no such number. */
  secondTries?(): number;
  /** Waits until it sends requests to every gateway. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

/** A balancer over gateways on loopback, which knows of them only what it meets: a refused connection goes to the next one. */
export async function startNginx(port: number, upstreams: readonly number[]): Promise<Balancer> {
  const folder = mkdtempSync(join(tmpdir(), 'sagemaker-gateway-nginx-'));
  chmodSync(folder, 0o755);
  writeFileSync(
    join(folder, 'nginx.conf'),
    `worker_processes 1;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log;
events { worker_connections 1024; }
http {
  log_format tries '$upstream_addr';
  access_log ${folder}/tries.log tries;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  keepalive_requests 1000000;
  upstream gateways {
    ${upstreams.map((upstream) => `server 127.0.0.1:${upstream} max_fails=0;`).join('\n    ')}
    keepalive 64;
  }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://gateways;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      # This nginx asks nobody who is ready, and so still connects when a gateway stops listening; the kernel resets what it had not yet handed
      # over. A prediction may be asked for twice, so such a request goes to the other gateway. One that was answered is never sent again.
      proxy_next_upstream error timeout non_idempotent;
    }
  }
}
`,
  );
  const nginx = spawn(
    'nginx',
    ['-c', join(folder, 'nginx.conf'), '-e', join(folder, 'error.log'), '-g', 'daemon off;'],
    {
      stdio: 'inherit',
    },
  );
  await once(nginx, 'spawn');
  return {
    // nginx lists all the servers that it tried for a request, with commas.
    secondTries: () =>
      readFileSync(join(folder, 'tries.log'), 'utf8')
        .split('\n')
        .filter((line) => line.includes(',')).length,
    // It never asks.
    settled: () => sleep(500),
    async stop() {
      const ended = once(nginx, 'exit');
      nginx.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}
