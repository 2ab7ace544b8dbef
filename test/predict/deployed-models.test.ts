import t from 'tap';
import { manifestKey } from '../../src/predict/manifest.ts';
import { startWithModel } from './deployed.ts';

t.test('models are found behind more names than S3 lists at once', async (t) => {
  const { url, workspace } = await startWithModel(t);
  // Deployments whose endpoints are gone, all ahead of the one that can be called.
  const names = Array.from({ length: 1_001 }, (_, i) => `gone-${i}`);
  await Promise.all(names.map((name) => workspace.writeJson(manifestKey(name, 'v1'), {})));
  const { items } = (await (await fetch(`${url}/models`)).json()) as { items: { name: string }[] };
  t.strictSame(
    items.map(({ name }) => name),
    ['heavy'],
  );
});
