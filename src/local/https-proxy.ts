import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';

/** Certificate and private key, PEM. */
export interface ServerIdentity {
  cert: string;
  key: string;
}

const awsHost = /^[a-z0-9.-]+\.amazonaws\.com(\.cn)?:443$/;

/**
 * Makes the server an HTTPS proxy to itself, for clients that insist on AWS's own addresses: what they ask of AWS under HTTPS_PROXY is answered here,
 * with a certificate that they trust by AWS_CA_BUNDLE. The SageMaker Python SDK asks STS so, whatever AWS_ENDPOINT_URL says. Other hosts are refused.
 */
export function answerForAws(server: Server, identity: ServerIdentity): void {
  const secureContext = createSecureContext(identity);
  server.on('connect', ({ url = '' }, socket: Socket, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    if (!awsHost.test(url)) {
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      return;
    }
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    socket.unshift(head);
    const secure = new TLSSocket(socket, { isServer: true, secureContext });
    secure.on('error', () => secure.destroy());
    server.emit('connection', secure);
  });
}
