import t from 'tap';
import { loadConfig } from '../../src/config/load.ts';
import { CaptureWriter } from '../../src/predict/capture-writer.ts';
import { startWithModel } from './deployed.ts';

interface Line {
  captureData: { endpointInput: Record<string, string>; endpointOutput?: Record<string, string> };
  eventMetadata: { eventId: string; inferenceTime: string; error?: string };
  eventVersion: string;
}

t.test('requests and answers are captured as SageMaker captures them, failed ones too', async (t) => {
  const { app, url, workspace } = await startWithModel(t);
  app.configure(loadConfig({}, 'models:\n  watched: { endpoint: heavy, capture: {} }\n'));
  const post = (data: string) =>
    fetch(`${url}/predict/watched`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ data }),
    });
  t.equal((await post('180,80,40')).status, 200);
  t.equal((await post('1,2')).status, 502);
  await app.close();

  const { keys } = await workspace.list('capture/');
  const lines: Line[] = [];
  for (const key of keys) {
    t.match(key, /^capture\/watched\/AllTraffic\/\d{4}\/\d{2}\/\d{2}\/\d{2}\/\d{2}-\d{2}-\d{3}-[0-9a-f-]{36}\.jsonl$/);
    for await (const chunk of await workspace.readStream(key)) {
      lines.push(
        ...String(chunk)
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as Line),
      );
    }
  }
  const [good, bad] = lines.sort(
    (a, b) => Number(b.captureData.endpointOutput !== undefined) - Number(a.captureData.endpointOutput !== undefined),
  );
  t.match(good, {
    captureData: {
      endpointInput: { observedContentType: 'text/csv', mode: 'INPUT', data: '180,80,40', encoding: 'CSV' },
      endpointOutput: { observedContentType: /^text\/csv/, mode: 'OUTPUT', data: /^0\.9/, encoding: 'CSV' },
    },
    eventMetadata: { eventId: /^[0-9a-f-]{36}$/, inferenceTime: /Z$/ },
    eventVersion: '0',
  });
  t.match(bad, { captureData: { endpointInput: { data: '1,2' } }, eventMetadata: { error: 'model_error' } });
  t.equal(bad?.captureData.endpointOutput, undefined);
});

t.test('when S3 cannot take it, captures are lost and nothing else', async (t) => {
  const warnings: string[] = [];
  const logger = { warn: (_facts: unknown, message: string) => warnings.push(message) };
  const workspace = { writeText: () => Promise.reject(new Error('no S3')) };
  const writer = new CaptureWriter(workspace as never, logger as never);
  for (let i = 0; i < 20; i += 1) writer.add('m', 'v', 'x'.repeat(1_000_000));
  await writer.close();
  t.ok(warnings.includes('captured requests could not be written'));
  t.ok(warnings.includes('captured requests were dropped: S3 is too slow for them'), 'memory is bounded');
});
