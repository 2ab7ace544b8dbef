import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { GatewayError } from '../errors.ts';

/** What an Authorization header of AWS Signature Version 4 says. */
export interface SignatureClaim {
  readonly accessKeyId: string;
  readonly day: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: Buffer;
}

export interface SignedRequest {
  readonly method: string;
  /** Path and query as they came. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

/** AWS's own bound on how far the clocks may be apart, and with it on how long a request that was overheard can be sent again. */
const skewMs = 5 * 60_000;

const form =
  /^AWS4-HMAC-SHA256 Credential=([A-Za-z0-9_]{1,128})\/(\d{8})\/([a-z0-9-]{1,32})\/([a-z0-9-]{1,32})\/aws4_request, ?SignedHeaders=([a-z0-9;._-]{1,2048}), ?Signature=([0-9a-f]{64})$/;
const dateForm = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

export const refused = (detail: string): GatewayError => new GatewayError('unauthenticated', detail);

/** The parts of the header. @throws GatewayError unauthenticated */
export function readClaim(authorization: string): SignatureClaim {
  const [, accessKeyId, day, region, service, names, signature] = form.exec(authorization) ?? [];
  if (!accessKeyId || !day || !region || !service || !names || !signature)
    throw refused('The Authorization header is not a signature of AWS4-HMAC-SHA256.');
  const signedHeaders = names.split(';');
  return { accessKeyId, day, region, service, signedHeaders, signature: Buffer.from(signature, 'hex') };
}

function timeOf(date: string): number {
  const [, year, month, day, hours, minutes, seconds] = dateForm.exec(date)?.map(Number) ?? [];
  return Date.UTC(year ?? Number.NaN, (month ?? 0) - 1, day, hours, minutes, seconds);
}

/** All that can be told before the body is there. @throws GatewayError unauthenticated */
export function checkClaim(
  { day, service, signedHeaders }: SignatureClaim,
  { headers }: SignedRequest,
  now: number,
): void {
  const date = headers['x-amz-date'];
  if (typeof date !== 'string' || !date.startsWith(day))
    throw refused('The x-amz-date is missing or not of the signed day.');
  // Not within it also when the date is none.
  if (!(Math.abs(now - timeOf(date)) <= skewMs))
    throw refused('Signature expired: the clocks are more than 5 minutes apart.');
  if (service !== 'sagemaker') throw refused('The signature is for another service than sagemaker.');
  const signed = new Set(signedHeaders);
  if (signed.size !== signedHeaders.length || [...signed].sort().join() !== signedHeaders.join())
    throw refused('SignedHeaders are not in order.');
  const needed = ['host', 'x-amz-date', ...Object.keys(headers).filter((name) => name.startsWith('x-amz-'))];
  const unsigned = needed.find((name) => !signed.has(name));
  if (unsigned !== undefined) throw refused(`The header ${unsigned} must be signed.`);
}

/** RFC 3986, which spares less than encodeURIComponent. */
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

/** Every service but S3 signs the path as it is on the wire, encoded once more. */
const canonicalPath = (path: string): string =>
  path
    .replace(/\/{2,}/g, '/')
    .split('/')
    .map(encode)
    .join('/') || '/';

function canonicalQuery(query: string): string {
  const pairs = query
    .split('&')
    .filter(Boolean)
    .map((pair) => {
      const at = pair.indexOf('=');
      const [name, value] = at === -1 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
      try {
        return [encode(decodeURIComponent(name)), encode(decodeURIComponent(value))] as const;
      } catch {
        throw refused('The query is not well encoded.');
      }
    });
  return pairs
    .sort(([a, x], [b, y]) => (a === b ? (x < y ? -1 : 1) : a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function canonicalHeader(name: string, headers: IncomingHttpHeaders): string {
  const value = headers[name];
  if (value === undefined) throw refused(`The signed header ${name} is not there.`);
  return `${name}:${[value].flat().join(',').trim().replace(/\s+/g, ' ')}\n`;
}

export const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');

/** The key that signs for a day, region and service. */
export function signingKey(secret: string, { day, region, service }: SignatureClaim): Buffer {
  return [day, region, service, 'aws4_request'].reduce(
    (key: Buffer, part) => createHmac('sha256', key).update(part).digest(),
    Buffer.from(`AWS4${secret}`),
  );
}

/**
 * Whether the request with this body hash was signed with this key, compared in constant time. No library verifies: those that sign would have
 * to be given exactly the headers that were signed, and the AWS SDK is kept out of everything but src/sagemaker.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function isSignedBy(key: Buffer, claim: SignatureClaim, request: SignedRequest, bodyHash: string): boolean {
  const { day, region, service, signedHeaders, signature } = claim;
  const [path = '', query = ''] = request.url.split(/\?(.*)/s);
  const canonical = [
    request.method,
    canonicalPath(path),
    canonicalQuery(query),
    signedHeaders.map((name) => canonicalHeader(name, request.headers)).join(''),
    signedHeaders.join(';'),
    bodyHash,
  ].join('\n');
  const scope = `${day}/${region}/${service}/aws4_request`;
  const toSign = `AWS4-HMAC-SHA256\n${request.headers['x-amz-date']}\n${scope}\n${sha256(canonical)}`;
  return timingSafeEqual(createHmac('sha256', key).update(toSign).digest(), signature);
}
