import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { generate } from 'selfsigned';
import type { ServerIdentity } from '../src/local/https-proxy.ts';

const tenYears = 10 * 365 * 24 * 60 * 60 * 1000;

/** A certificate for AWS's addresses in a region that vouches for itself: made once, kept in `folder`. @returns it, and the path of its file */
export async function proxyIdentity(folder: string, region: string): Promise<ServerIdentity & { file: string }> {
  const file = resolve(join(folder, `aws-${region}.pem`));
  const keyFile = resolve(join(folder, `aws-${region}.key`));
  const kept = await Promise.all([readFile(file, 'utf8'), readFile(keyFile, 'utf8')]).catch(() => undefined);
  if (kept) return { cert: kept[0], key: kept[1], file };
  const domain = `${region}.amazonaws.com`;
  const altNames = ['*.amazonaws.com', `*.${domain}`, `*.s3.${domain}`, `*.sagemaker.${domain}`];
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'local-sagemaker' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notAfterDate: new Date(Date.now() + tenYears),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, digitalSignature: true, critical: true },
      { name: 'subjectAltName', altNames: altNames.map((value) => ({ type: 2, value })) },
    ],
  });
  await mkdir(folder, { recursive: true });
  await writeFile(keyFile, key, { mode: 0o600 });
  await writeFile(file, cert);
  return { cert, key, file };
}
