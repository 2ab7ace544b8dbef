import type { Test } from 'tap';
import type { ModelSettings } from '../../src/config/model-settings.ts';
import { defaultModelSettings } from '../../src/config/validate.ts';
import type { ModelRequest, ModelResponse, ModelServer } from '../../src/local/hosting/model-server.ts';
import { startGateway } from '../gateway.ts';
import { createScriptedEndpoint } from '../local/scripted-endpoint.ts';
import { scriptedImage } from '../local/scripted-model.ts';

/** A gateway with models of any settings on one endpoint, whose model keeps what it was sent and answers as it is told to. */
export async function startRecording(t: Test, settings: Record<string, Partial<ModelSettings>>) {
  let seen: ModelRequest | undefined;
  // The compiler cannot know that a request changes it.
  const lastSeen = (): ModelRequest | undefined => seen;
  let answer: (request: ModelRequest) => ModelResponse = () => ({
    status: 500,
    contentType: '',
    body: Buffer.alloc(0),
  });
  const server: ModelServer = {
    async invoke(request) {
      seen = request;
      return answer(request);
    },
    async stream(request) {
      const { body, ...head } = answer(request);
      return { ...head, body: [body] };
    },
    close: async () => undefined,
  };
  const models = Object.fromEntries(
    Object.entries(settings).map(([name, own]) => [name, defaultModelSettings({ endpoint: 'recorder', ...own })]),
  );
  const gateway = await startGateway(t, { models }, { modelServers: { [scriptedImage]: async () => server } });
  await createScriptedEndpoint(gateway.aws.sagemaker, 'recorder');

  return {
    ...gateway,
    /** Has the model answer every request so from here on. */
    answerWith(make: (request: ModelRequest) => ModelResponse): void {
      answer = make;
    },
    async post(model: string, contentType: string, body: string | Uint8Array, headers: Record<string, string> = {}) {
      seen = undefined;
      const init = { method: 'POST', headers: { 'content-type': contentType, ...headers }, body: body as string };
      const response = await fetch(`${gateway.url}/predict/${model}`, init);
      const last = lastSeen();
      const bytes = Buffer.from(await response.arrayBuffer());
      return {
        status: response.status,
        type: response.headers.get('content-type'),
        bytes,
        text: bytes.toString(),
        /** What the model got; undefined when nothing was asked of it. */
        sent: last && { type: last.contentType, accept: last.accept, body: last.body.toString(), bytes: last.body },
      };
    },
  };
}
