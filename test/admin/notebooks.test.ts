import { dirname } from 'node:path';
import t from 'tap';
import type { Notebook, NotebookActivity } from '../../src/admin/notebooks/schema.ts';
import type { Page } from '../../src/admin/paging.ts';
import { startGateway } from '../gateway.ts';
import { peerMissing } from '../peer.ts';
import { adminClient, type ProblemBody } from './client.ts';

const last = async <T>(events: Promise<{ event: string; data: T }[]>): Promise<T | undefined> =>
  (await events).at(-1)?.data;

t.test(
  'a notebook is created, opened, watched, stopped and deleted',
  { skip: peerMissing('jupyter_server') },
  async (t) => {
    const { url } = await startGateway(t, {}, { jupyterPath: dirname(process.env.PEER_PYTHON ?? '') });
    const admin = adminClient(url);
    const created = await admin.post<Notebook>('notebooks', { name: 'lab', volumeSizeGB: 9 });
    t.match(created, {
      status: 202,
      body: { name: 'lab', status: 'Pending', instanceType: 'ml.t3.medium', volumeSizeGB: 9 },
    });
    t.equal(created.headers.get('location'), '/admin/notebooks/lab');
    t.match(await admin.post('notebooks', { name: 'lab' }), { status: 409, body: { code: 'already_exists' } });
    t.match(await admin.post('notebooks/lab/url', {}), { status: 409, body: { code: 'conflict' } });
    t.match(await last(admin.events<Notebook>('notebooks/lab')), { status: 'InService' });

    const opened = await admin.post<{ url: string }>('notebooks/lab/url', { sessionSeconds: 1800 });
    t.equal(opened.headers.get('cache-control'), 'no-store');
    t.equal((await fetch(opened.body.url, { redirect: 'manual' })).status < 400, true);
    const { body: activity } = await admin.get<NotebookActivity>('notebooks/lab/activity');
    t.match(activity, { lastActivityAt: String, idleSeconds: Number, kernels: 0, busy: 0 });
    t.match(await admin.post('notebooks/lab/stop', { ifIdleMinutes: 60 }), { status: 409, body: { code: 'conflict' } });
    t.match(await admin.get<Page<Notebook>>('notebooks?status=InService'), { body: { items: [{ name: 'lab' }] } });

    t.match(await admin.remove<ProblemBody>('notebooks/lab'), { status: 409, body: { code: 'conflict' } });
    t.match(await admin.post('notebooks/lab/stop', {}), { status: 202 });
    t.match(await last(admin.events<Notebook>('notebooks/lab')), { status: 'Stopped' });
    t.match(await admin.get('notebooks/lab/activity'), { status: 409 });
    t.match(await admin.post('notebooks/lab/start', undefined), { status: 202, body: { status: 'Pending' } });
    await last(admin.events<Notebook>('notebooks/lab'));
    await admin.post('notebooks/lab/stop', {});
    await last(admin.events<Notebook>('notebooks/lab'));
    t.match(await admin.remove('notebooks/lab'), { status: 200, body: { removed: ['notebook-instance/lab'] } });
  },
);

t.test('a notebook that cannot be had says why', async (t) => {
  const { url } = await startGateway(t, {}, { jupyterPath: '/nowhere' });
  const admin = adminClient(url);
  t.match(await admin.post('notebooks', { name: 'lab', lifecycleConfig: 'none' }), { status: 404 });
  await admin.post('notebooks', { name: 'lab' });
  t.match(await last(admin.events<Notebook>('notebooks/lab')), { status: 'Failed', failureReason: /no Jupyter/ });
  t.match(await admin.get('notebooks/none'), { status: 404, body: { code: 'not_found' } });
  t.match(await admin.remove('notebooks/lab'), { status: 200 });
});
