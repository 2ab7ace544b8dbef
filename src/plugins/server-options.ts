import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { TLSSocketOptions } from 'node:tls';
import type { FastifyHttpOptions, RawServerDefault } from 'fastify';
import { ConfigError } from '../config/load.ts';
import type { Server } from '../config/server.ts';

type Tls = NonNullable<Server['tls']>;

function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new ConfigError([`server.tls: ${file} cannot be read (${(error as NodeJS.ErrnoException).code})`]);
  }
}

/** The certificates as they are on the disk now. @throws ConfigError */
export const readCertificates = ({ certFile, keyFile, clientCaFile }: Tls) => ({
  cert: read(certFile),
  key: read(keyFile),
  ...(clientCaFile === undefined ? {} : { ca: read(clientCaFile) }),
});

const statusOf: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** Answers what is no HTTP, or too much or too slow of it, and ends the connection: what follows on it cannot be told apart. */
function refuseConnection(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  // Unless an answer is on its way already, into which this one would be mixed.
  const current = (socket as Socket & { _httpMessage?: { headersSent: boolean } })._httpMessage;
  if (socket.writable && current?.headersSent !== true) {
    const status = statusOf[error.code ?? ''] ?? 400;
    const title = STATUS_CODES[status] ?? '';
    const body = JSON.stringify({
      type: 'about:blank',
      title,
      status,
      detail: 'The request is not well-formed HTTP, or too much of it, or too slow.',
      code: 'malformed_body',
      requestId: randomUUID(),
    });
    socket.write(
      `HTTP/1.1 ${status} ${title}\r\ncontent-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
    );
  }
  socket.destroySoon();
}

/** What Fastify and Node must know before there is a server. @throws ConfigError */
export function serverOptions({ maxHeaderBytes, headersTimeoutMs, requestTimeoutMs, keepAliveMs, tls }: Server) {
  const limits = {
    maxHeaderSize: maxHeaderBytes,
    headersTimeout: Math.min(headersTimeoutMs, requestTimeoutMs),
    requestTimeout: requestTimeoutMs,
    connectionsCheckingInterval: Math.min(1_000, headersTimeoutMs),
  };
  const secure: TLSSocketOptions | undefined = tls && {
    ...readCertificates(tls),
    // Who shows no certificate, or one of another CA, can still name itself by other means.
    requestCert: tls.clientCaFile !== undefined,
    rejectUnauthorized: false,
  };
  const options = {
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: keepAliveMs,
    clientErrorHandler: refuseConnection,
    ...(secure ? { https: { ...limits, ...secure, minVersion: 'TLSv1.2' as const } } : { http: limits }),
  };
  // The server's own type says nothing of TLS; all that is used of it is the same.
  return options as unknown as Pick<FastifyHttpOptions<RawServerDefault>, 'requestTimeout'>;
}
