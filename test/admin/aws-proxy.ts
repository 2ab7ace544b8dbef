import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Test } from 'tap';

/** One call of a gateway to AWS. */
export interface AwsCall {
  /** `CreateModel sales-1` or `PUT work/training-jobs/open/job.json Training held`. */
  readonly name: string;
  /** It changes something. */
  readonly changes: boolean;
}

export interface AwsProxyOptions {
  readonly target: string;
  /** Whether AWS is to hear of a call. */
  before(): boolean;
  /** AWS has answered. Whether the gateway is to hear of that. */
  after(call: AwsCall, status: number): boolean;
}

const reads = /^(Describe|List|Get)/;

/** What a document of work in S3 says, since the same object is written again and again. */
function stateIn(body: Buffer): string {
  try {
    const { state, holder } = JSON.parse(body.toString()) as { state?: { state?: string }; holder?: string };
    return state?.state === undefined ? '' : ` ${state.state} ${holder === undefined ? 'free' : 'held'}`;
  } catch {
    return '';
  }
}

function callOf(incoming: IncomingMessage, body: Buffer): AwsCall {
  const target = String(incoming.headers['x-amz-target'] ?? '').split('.')[1];
  if (target !== undefined) {
    const input = JSON.parse(body.toString() || '{}') as Record<string, string>;
    const resource = input.EndpointName ?? input.EndpointConfigName ?? input.ModelName ?? input.TrainingJobName ?? '';
    return { name: `${target} ${resource}`, changes: !reads.test(target) };
  }
  const method = incoming.method ?? '';
  const path = decodeURIComponent((incoming.url ?? '').split('?')[0] ?? '');
  const key = path.slice(path.indexOf('sagemaker-gateway/') + 'sagemaker-gateway/'.length);
  const isObject = path.includes('sagemaker-gateway/');
  return { name: `${method} ${key}${stateIn(body)}`, changes: isObject && (method === 'PUT' || method === 'DELETE') };
}

async function bodyOf(stream: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of stream) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

/** Stands between one gateway and AWS, and can end a call before or after it was done. */
export async function startAwsProxy(t: Test, { target, before, after }: AwsProxyOptions): Promise<string> {
  const { hostname, port } = new URL(target);

  async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await bodyOf(incoming);
    const call = callOf(incoming, body);
    if (!before()) return void outgoing.destroy();
    const { method, url, headers } = incoming;
    const forward = request({ hostname, port, method, path: url, headers });
    forward.end(body);
    const [answer] = (await once(forward, 'response')) as [IncomingMessage];
    const answered = await bodyOf(answer);
    const status = answer.statusCode ?? 0;
    if (!after(call, status)) return void outgoing.destroy();
    outgoing.writeHead(status, answer.headers).end(answered);
  }

  const server = createServer((incoming, outgoing) => {
    pass(incoming, outgoing).catch(() => outgoing.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
