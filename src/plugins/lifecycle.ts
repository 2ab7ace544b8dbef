import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';
import { GatewayError } from '../errors.ts';

declare module 'fastify' {
  interface FastifyInstance {
    readonly lifecycle: Lifecycle;
  }
}

/** How often it is looked whether connections have become idle, ms. */
const look = 25;
/** How long a connection may say nothing before it is not waited for, ms: its request may be on the way. */
const silence = 1_000;
/** What is left when time is up may take this long to say so to who waits for it, ms. */
const farewell = 1_000;

/** For what is under way when time is up. */
export const shuttingDown = (): GatewayError =>
  new GatewayError('upstream_unavailable', 'The gateway is being stopped.', { retryAfter: 1, stopping: true });

/** The last part of a gateway's life: not ready, then not reachable, then without connections. */
export class Lifecycle {
  readonly #server: FastifyInstance['server'];
  /** What had been read of each connection when it was made: nothing, or a TLS handshake. */
  readonly #readBefore = new Map<Socket, number>();
  #draining = false;
  readonly #timeUp = new AbortController();

  constructor(server: FastifyInstance['server']) {
    this.#server = server;
    const remember = (socket: Socket): void => {
      this.#readBefore.set(socket, socket.bytesRead);
      socket.once('close', () => this.#readBefore.delete(socket));
    };
    server.on('connection', remember).on('secureConnection', remember);
  }

  /** Whether the end has begun: it still serves, but nothing new should be sent here. */
  get draining(): boolean {
    return this.#draining;
  }

  /** Fires a moment before connections are cut, for what can end in the words of its protocol. */
  get timeUp(): AbortSignal {
    return this.#timeUp.signal;
  }

  /** Asks everybody to go elsewhere: /readyz says no, and every answer closes its connection. */
  drain(): void {
    if (this.#draining) return;
    this.#draining = true;
    // On the server, not as a hook: that costs nothing before, and reaches answers that leave Fastify.
    this.#server.prependListener('request', (_request, response) => response.setHeader('connection', 'close'));
  }

  /**
   * Stops accepting and waits until every connection has had its answer. Fastify's own close answers 503 to who still asks on a connection
   * that was kept alive; here such a request is served.
   * @returns how many connections had to be ended because their time ran out
   */
  async finish(timeoutMs: number): Promise<number> {
    this.drain();
    const closed = new Promise<'closed'>((resolve) => this.#server.close(() => resolve('closed')));
    if (await this.#emptied(closed, timeoutMs)) return 0;
    const left = await promisify(this.#server.getConnections.bind(this.#server))();
    this.#timeUp.abort();
    if (!(await this.#emptied(closed, farewell))) this.#server.closeAllConnections();
    await closed;
    return left;
  }

  /** Whether all connections have ended in time. */
  async #emptied(closed: Promise<'closed'>, timeoutMs: number): Promise<boolean> {
    const begun = performance.now();
    while ((await Promise.race([closed, sleep(look, 'open' as const)])) === 'open') {
      // An answer that was on its way when the end began did not say that it would be the connection's last.
      this.#server.closeIdleConnections();
      const passed = performance.now() - begun;
      if (passed > silence) this.#closeSilent();
      if (passed >= timeoutMs) return false;
    }
    return true;
  }

  /** To Node a connection is not idle before its first request, and browsers and balancers open some in advance. */
  #closeSilent(): void {
    for (const [socket, bytes] of this.#readBefore) if (socket.bytesRead === bytes) socket.destroy();
  }
}

/** Lets the process end without anybody losing an answer. */
export default fp(
  async (app: FastifyInstance) => {
    app.decorate('lifecycle', new Lifecycle(app.server));
  },
  { name: 'lifecycle' },
);
