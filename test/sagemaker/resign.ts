import { SignatureV4 } from '@smithy/signature-v4';
import type { Credentials } from '../../src/sagemaker/sigv4.ts';
import type { Recorded } from './recording-server.ts';
import { Sha256 } from './sha256.ts';

const oneDate = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

/** What AWS would compute over a request that arrived: its signature by AWS's own signer, over the headers that it names as signed. */
export async function resign(
  { method, path, headers, body }: Recorded,
  region: string,
  credentials: Credentials,
): Promise<string | undefined> {
  const signedNames = /SignedHeaders=([^,]+)/.exec(headers.authorization ?? '')?.[1]?.split(';') ?? [];
  const signed = Object.fromEntries(signedNames.map((name) => [name, String(headers[name])]));
  // The signer adds these itself.
  for (const own of ['x-amz-date', 'x-amz-security-token']) delete signed[own];
  const oracle = new SignatureV4({
    service: 'sagemaker',
    region,
    credentials: {
      ...credentials,
      ...(credentials.sessionToken ? { sessionToken: credentials.sessionToken } : {}),
    } as never,
    sha256: Sha256 as never,
  });
  const { headers: expected } = await oracle.sign(
    { method, protocol: 'http:', hostname: headers.host ?? '', path, headers: signed, body },
    {
      signingDate: new Date(String(headers['x-amz-date']).replace(oneDate, '$1-$2-$3T$4:$5:$6Z')),
      signableHeaders: new Set(signedNames),
    },
  );
  return expected.authorization;
}
