import t from 'tap';
import { startGateway } from '../gateway.ts';

t.test('a wrong path is told from a wrong method', async (t) => {
  const { url } = await startGateway(t);
  const ask = async (method: string, path: string) => {
    const response = await fetch(url + path, { method });
    return { status: response.status, allow: response.headers.get('allow'), body: await response.json() };
  };
  t.match(await ask('GET', '/nowhere?x=1'), {
    status: 404,
    allow: null,
    body: { code: 'not_found', detail: 'There is no /nowhere.' },
  });
  t.match(await ask('GET', '/predict'), { status: 405, allow: 'POST', body: { code: 'method_not_allowed' } });
  t.match(await ask('PATCH', '/admin/datasets/some-data'), { status: 405, allow: 'DELETE, GET, HEAD' });
  t.match(await ask('PUT', '/admin/training-jobs/a/stop'), { status: 405, allow: 'POST' });
  t.match(await ask('GET', '/admin/datasets/a/b/c'), { status: 404 });
});
