import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { Dependency } from '../../src/plugins/dependency.ts';

t.test('what is needed is waited for until it has worked once, and no longer', async (t) => {
  let works = false;
  const failures: unknown[] = [];
  const dependency = new Dependency({
    needed: true,
    ttlMs: 0,
    failed: (error) => failures.push(error),
    probe: async () => {
      if (!works) throw new TypeError('secret text');
    },
  });
  t.match(await dependency.state(), { status: 'failing', needed: true, failure: 'TypeError' });
  t.equal(dependency.ready, false);
  t.notMatch(JSON.stringify(await dependency.state()), /secret/, 'the text of the failure is for the log');

  works = true;
  await sleep(520);
  t.match(await dependency.state(), { status: 'ok' });
  t.equal(dependency.ready, true);

  works = false;
  await dependency.state();
  await sleep(5);
  t.match(await dependency.state(), { status: 'failing' });
  t.equal(dependency.ready, true, 'a later failure is shown and no more');
  t.equal(failures.length, 2, 'logged when it changes, not each time');
});

t.test('what is not needed holds up nobody', async (t) => {
  const dependency = new Dependency({ needed: false, probe: () => new Promise(() => {}), timeoutMs: 20 });
  t.match(await dependency.state(), { status: 'unknown' });
  t.equal(dependency.ready, true);
  await sleep(40);
  t.match(await dependency.state(), { status: 'failing', failure: 'TimeoutError' });
});

t.test('it is asked once for all who want to know, and not again while its answer is fresh', async (t) => {
  let asked = 0;
  const probe = async () => {
    asked += 1;
  };
  const dependency = new Dependency({ needed: true, probe });
  await Promise.all([dependency.state(), dependency.state(), dependency.state()]);
  await dependency.state();
  t.equal(asked, 1);
});
