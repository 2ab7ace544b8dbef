import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { startWithModel } from '../../predict/deployed.ts';
import { adminClient } from '../client.ts';

t.test('a deployment that is deleted while its rollout is put away leaves nothing', async (t) => {
  const { url, aws, workspace } = await startWithModel(t, {}, { reconcileIntervalMs: 1_000 }, { timeScale: 0.01 });
  const admin = adminClient(url);
  let removal: Promise<{ status: number }> | undefined;
  let isPutAway: () => void = () => undefined;
  const putAway = new Promise<void>((resolve) => {
    isPutAway = resolve;
  });
  // What the replica writes last comes when everything else is gone.
  aws.s3.middlewareStack.add(
    (next) => async (args) => {
      const { Key = '' } = args.input as { Key?: string };
      if (args.request === undefined || !/work\/rollouts\/done\/.*\.json$/.test(Key) || removal !== undefined)
        return next(args);
      if ((args.request as { method: string }).method !== 'PUT') return next(args);
      removal = admin.remove('deployments/heavy');
      await removal;
      const written = await next(args);
      isPutAway();
      return written;
    },
    { step: 'finalizeRequest', name: 'race' },
  );
  const rollout = { strategy: 'all-at-once', bakeSeconds: 0 };
  const put = () => admin.put('deployments/heavy', { trainingJob: 'heavy-1', rollout });
  // Versions have names by the second.
  for (let answer = await put(); answer.status !== 202; answer = await put()) {
    t.equal(answer.status, 409);
    await sleep(200);
  }
  await putAway;
  t.match(await removal, { status: 200 });
  const kept = async () => (await workspace.listAll('')).filter((key) => /^(work|deployments)\//.test(key));
  for (let tries = 0; tries < 100 && (await kept()).length > 0; tries += 1) await sleep(50);
  t.strictSame(await kept(), []);
});
