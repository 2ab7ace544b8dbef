import { createHmac, hash } from 'node:crypto';
import { ShortHmac } from './short-hmac.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

export interface UnsignedRequest {
  readonly method: string;
  readonly host: string;
  /** Absolute path, already percent-encoded once as it goes on the wire; no query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

const hmac = (key: Buffer | string, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** Two-digit form of a UTC part. */
const two = (n: number): string => (n < 10 ? `0${n}` : `${n}`);

/** `20261123T155800Z`, written by hand because toISOString and a replace cost a third of a signature. */
const amzDate = (date: Date): string =>
  `${date.getUTCFullYear()}${two(date.getUTCMonth() + 1)}${two(date.getUTCDate())}T${two(date.getUTCHours())}${two(date.getUTCMinutes())}${two(date.getUTCSeconds())}Z`;

/**
 * AWS Signature Version 4 for requests whose headers all count, made for the hot path: the day's signing key is kept ready for use,
 * hashes are taken in one step, and nothing is parsed. `@smithy/signature-v4` gives the same bytes, more than 12 times slower.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
 */
export class Signer {
  readonly #service: string;
  readonly #region: string;
  #keyOf = '';
  #key: ShortHmac | undefined;
  #pathOf = '';
  #path = '';

  constructor(service: string, region: string) {
    this.#service = service;
    this.#region = region;
  }

  #signingKey(secret: string, day: string): ShortHmac {
    const keyOf = `${day}/${secret}`;
    if (this.#key === undefined || keyOf !== this.#keyOf) {
      const scoped = hmac(hmac(hmac(`AWS4${secret}`, day), this.#region), this.#service);
      this.#key = new ShortHmac(hmac(scoped, 'aws4_request'));
      this.#keyOf = keyOf;
    }
    return this.#key;
  }

  /** Most requests go where the last went. */
  #canonicalPath(path: string): string {
    if (path !== this.#pathOf) {
      this.#path = canonicalPath(path);
      this.#pathOf = path;
    }
    return this.#path;
  }

  /** The headers to send: the given ones (names in lower case) with host, date, content hash, session token and Authorization. */
  sign(request: UnsignedRequest, credentials: Credentials, now = new Date()): Record<string, string> {
    const date = amzDate(now);
    const day = date.slice(0, 8);
    const bodyHash = hash('sha256', request.body);
    const headers: Record<string, string> = {
      ...request.headers,
      host: request.host,
      'x-amz-content-sha256': bodyHash,
      'x-amz-date': date,
    };
    if (credentials.sessionToken) headers['x-amz-security-token'] = credentials.sessionToken;

    const names = Object.keys(headers).sort();
    const signedNames = names.join(';');
    let canonical = `${request.method}\n${this.#canonicalPath(request.path)}\n\n`;
    for (const name of names) canonical += `${name}:${canonicalValue(headers[name] ?? '')}\n`;
    canonical += `\n${signedNames}\n${bodyHash}`;

    const scope = `${day}/${this.#region}/${this.#service}/aws4_request`;
    const toSign = `AWS4-HMAC-SHA256\n${date}\n${scope}\n${hash('sha256', canonical)}`;
    const signature = this.#signingKey(credentials.secretAccessKey, day).sign(toSign);
    headers.authorization = `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${signedNames}, Signature=${signature}`;
    return headers;
  }
}

/** Every service but S3 signs the path normalised and encoded a second time, by RFC 3986, which spares less than encodeURIComponent. */
const canonicalPath = (path: string): string =>
  encodeURIComponent(path.replace(/\/{2,}/g, '/'))
    .replaceAll('%2F', '/')
    .replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

const canonicalValue = (value: string): string => (/\s/.test(value) ? value.trim().replace(/\s+/g, ' ') : value);
