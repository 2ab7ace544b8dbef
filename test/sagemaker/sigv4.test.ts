import { SignatureV4 } from '@smithy/signature-v4';
import t from 'tap';
import { Signer } from '../../src/sagemaker/sigv4.ts';
import { Sha256 } from './sha256.ts';

const cases = [
  {
    name: 'plain CSV',
    path: '/endpoints/bank/invocations',
    headers: { 'content-type': 'text/csv', accept: 'text/csv' },
    body: '1,2,3',
  },
  { name: 'empty body', path: '/endpoints/b/invocations', headers: { 'content-type': 'text/csv' }, body: '' },
  {
    name: 'binary body',
    path: '/endpoints/b/invocations',
    headers: { 'content-type': 'image/png' },
    body: Buffer.from([0, 255, 128, 10]),
  },
  {
    name: 'inner white space in a header, and a percent-encoded path',
    path: '/base%20path/endpoints/b/invocations',
    headers: { 'content-type': 'text/csv', 'x-amzn-sagemaker-custom-attributes': '  trace   id = 1  ' },
    body: 'x',
  },
];

for (const sessionToken of [undefined, 'a/session+token==']) {
  for (const { name, path, headers, body } of cases) {
    t.test(
      `${name}, ${sessionToken ? 'temporary' : 'lasting'} credentials: the same signature as AWS's own signer`,
      async (t) => {
        const credentials = {
          accessKeyId: 'AKIDEXAMPLE',
          secretAccessKey: 'wJalrXUtnFEMI/K7MDENG',
          ...(sessionToken ? { sessionToken } : {}),
        };
        const now = new Date('2026-11-23T15:58:00Z');
        const host = 'runtime.sagemaker.eu-west-1.amazonaws.com';
        const oracle = new SignatureV4({
          service: 'sagemaker',
          region: 'eu-west-1',
          credentials,
          sha256: Sha256 as never,
        });
        const all: Record<string, string> = { host, ...headers };
        const expected = await oracle.sign(
          { method: 'POST', protocol: 'https:', hostname: host, path, headers: all, body },
          { signingDate: now },
        );
        const signed = new Signer('sagemaker', 'eu-west-1').sign(
          { method: 'POST', host, path, headers: { ...headers }, body: Buffer.from(body) },
          credentials,
          now,
        );
        t.equal(signed.authorization, expected.headers.authorization);
        t.equal(signed['x-amz-security-token'], sessionToken);
      },
    );
  }
}

t.test('the cached key follows the day and the credentials', async (t) => {
  const signer = new Signer('sagemaker', 'eu-west-1');
  const sign = (secretAccessKey: string, day: string) =>
    signer.sign(
      { method: 'POST', host: 'h', path: '/', headers: {}, body: Buffer.alloc(0) },
      { accessKeyId: 'A', secretAccessKey },
      new Date(`${day}T00:00:00Z`),
    ).authorization;
  const first = sign('one', '2026-11-23');
  t.not(sign('two', '2026-11-23'), first);
  t.not(sign('one', '2026-11-24'), first);
  t.equal(sign('one', '2026-11-23'), first);
});
