import type { IncomingHttpHeaders } from 'node:http';

const scopeInHeader = /Credential=[^/,]+\/\d{8}\/[^/,]+\/([^/,]+)\/aws4_request/;
const scopeInQuery = /[?&]X-Amz-Credential=[^&]*?%2F\d{8}%2F[^&]*?%2F([^&%]+)%2Faws4_request/i;

/** The service a request is signed for, from the credential scope of its header or of its presigned URL. Signatures are not checked. */
export function signedService(headers: IncomingHttpHeaders, url: string): string | undefined {
  return (scopeInHeader.exec(headers.authorization ?? '') ?? scopeInQuery.exec(url))?.[1];
}
