import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import type { ModelServer, ModelServers } from '../../src/local/hosting/model-server.ts';
import type { connect } from './clients.ts';

const image = (version: string) => `000000000000.dkr.ecr.us-east-1.amazonaws.com/version:${version}`;

/** Models that answer with their version: `old` and `new`; `bad` refuses with 500, `broken` does not start. */
export function versions() {
  const open: Record<string, number> = {};
  let failing: string | undefined;

  const load = (version: string) => async (): Promise<ModelServer> => {
    if (version === 'broken' || version === failing) throw new Error(`${version} does not start`);
    open[version] = (open[version] ?? 0) + 1;
    const status = version === 'bad' ? 500 : 200;
    const answer = { status, contentType: 'text/plain', body: Buffer.from(version) };
    let closed = false;
    return {
      invoke: async () => {
        // Time enough for an update to come between request and answer.
        await new Promise((resolve) => setTimeout(resolve, 1));
        if (closed) throw new Error('called after it was closed');
        return answer;
      },
      stream: async () => ({ ...answer, body: [answer.body] }),
      close: async () => {
        closed = true;
        open[version] = (open[version] ?? 0) - 1;
      },
    };
  };

  const modelServers: ModelServers = Object.fromEntries(
    ['old', 'new', 'bad', 'broken'].map((version) => [image(version), load(version)]),
  );
  return {
    modelServers,
    image,
    /** Servers of this version that are loaded. */
    open: (version: string) => open[version] ?? 0,
    /** From now on this version does not start. */
    fail(version: string | undefined) {
      failing = version;
    },
    async call({ runtime }: ReturnType<typeof connect>, EndpointName: string, more = {}): Promise<string> {
      const { Body } = await runtime.send(new InvokeEndpointCommand({ EndpointName, Body: 'x', ...more }));
      return Buffer.from(Body).toString();
    },
  };
}
