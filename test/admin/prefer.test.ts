import t from 'tap';
import { preferredWait, within } from '../../src/admin/prefer.ts';

t.test('Prefer: wait', async (t) => {
  t.equal(preferredWait(undefined), undefined);
  t.equal(preferredWait('respond-async'), undefined);
  t.equal(preferredWait('wait=10'), 10);
  t.equal(preferredWait('respond-async, Wait = "5"'), 5);
  t.equal(preferredWait('wait=3600'), 60, 'not for ever');
  t.equal(preferredWait('await=5'), undefined);
});

t.test('within', async (t) => {
  t.equal(await within(5, Promise.resolve('done')), 'done');
  t.equal(await within(0.01, new Promise(() => {})), undefined);
});
