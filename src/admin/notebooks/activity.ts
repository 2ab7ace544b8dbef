import { request } from 'undici';
import { GatewayError } from '../../errors.ts';
import type { Aws } from '../../sagemaker/aws.ts';
import { describeNotebook, notebookUrl } from '../../sagemaker/notebooks.ts';
import type { NotebookActivity } from './schema.ts';

const timeoutMs = 10_000;
/** AWS sends from the authorized URL to the notebook's own host, and from there to its first page. */
const mostRedirects = 5;

/** When a notebook was last used, which SageMaker does not know: asked of its Jupyter, as whoever opens it. @throws GatewayError conflict when it is not in service */
export async function notebookActivity(aws: Aws, name: string): Promise<NotebookActivity> {
  const { status } = await describeNotebook(aws, name);
  if (status !== 'InService') throw new GatewayError('conflict', `The notebook "${name}" is ${status}, not InService.`);
  const session = await openSession(await notebookUrl(aws, name, 1800));
  const [{ last_activity }, kernels] = await Promise.all([
    session.get<{ last_activity: string }>('/api/status'),
    session.get<{ last_activity: string; execution_state: string }[]>('/api/kernels'),
  ]);
  const latest = Math.max(
    ...[last_activity, ...kernels.map((kernel) => kernel.last_activity)].map((at) => Date.parse(at)),
  );
  return {
    lastActivityAt: new Date(latest).toISOString(),
    idleSeconds: Math.max(0, Math.floor((Date.now() - latest) / 1000)),
    kernels: kernels.length,
    busy: kernels.filter(({ execution_state }) => execution_state === 'busy').length,
  };
}

/** Opens a notebook as a browser does: the first answers set cookies. */
async function openSession(authorizedUrl: string) {
  const cookies = new Map<string, string>();
  const send = async (url: URL) => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await request(url, { headers: { cookie }, signal: AbortSignal.timeout(timeoutMs) }).catch(
      unreachable,
    );
    for (const line of [answer.headers['set-cookie'] ?? []].flat()) {
      const [, key = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(key, value);
    }
    return answer;
  };
  let url = new URL(authorizedUrl);
  for (let hop = 0; hop < mostRedirects; hop++) {
    const { statusCode, headers, body } = await send(url);
    await body.dump();
    if (statusCode < 300 || statusCode >= 400 || typeof headers.location !== 'string') break;
    url = new URL(headers.location, url);
  }
  return {
    async get<T>(path: string): Promise<T> {
      const { statusCode, body } = await send(new URL(path, url));
      if (statusCode === 200) return (await body.json()) as T;
      await body.dump();
      throw new GatewayError(
        'upstream_error',
        `The notebook answered ${statusCode} when it was asked for its activity.`,
      );
    },
  };
}

function unreachable(cause: unknown): never {
  throw new GatewayError('upstream_unavailable', 'The notebook cannot be reached from the gateway.', {
    retryAfter: 10,
    cause,
  });
}
