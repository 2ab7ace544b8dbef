import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RowSource } from './bank-rows.ts';

/** What the demo needs of a problem or a resource. */
type Json = Record<string, unknown>;

/** The gateway's own HTTP routes, as any client would call them. */
export class GatewayClient {
  readonly #url: string;
  readonly #signal: AbortSignal;
  readonly #key: string | undefined;

  constructor(url: string, signal: AbortSignal, key?: string) {
    this.#url = url;
    this.#signal = signal;
    this.#key = key;
  }

  async #fetch(method: string, path: string, init: RequestInit = {}): Promise<Json | undefined> {
    const headers = new Headers(init.headers);
    if (this.#key !== undefined) headers.set('x-api-key', this.#key);
    const response = await fetch(this.#url + path, { ...init, method, headers, signal: this.#signal });
    const body = (await response.json()) as Json;
    if (response.status === 404 && method !== 'POST') return undefined;
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${String(body.detail)}`);
    return body;
  }

  /** A resource, or undefined when there is none. */
  get(path: string): Promise<Json | undefined> {
    return this.#fetch('GET', path);
  }

  delete(path: string): Promise<Json | undefined> {
    return this.#fetch('DELETE', path);
  }

  async post(path: string, body: Json, headers: Record<string, string> = {}): Promise<Json> {
    const init = { body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } };
    return (await this.#fetch('POST', path, init)) ?? {};
  }

  async upload(name: string, rows: ReturnType<RowSource>): Promise<void> {
    const body = Readable.toWeb(Readable.from(rows).map((line: string) => Buffer.from(line))) as RequestInit['body'];
    const init = { body: body ?? null, headers: { 'content-type': 'text/csv' }, duplex: 'half' as const };
    await this.#fetch('POST', `/admin/datasets?name=${name}`, init);
  }

  /** Asks for a resource until its status is none of `while`, telling each answer. */
  async follow(path: string, statuses: readonly string[], tell: (resource: Json) => void): Promise<Json> {
    for (;;) {
      const resource = (await this.get(path)) ?? { status: 'Missing' };
      tell(resource);
      if (!statuses.includes(String(resource.status))) return resource;
      await sleep(200, undefined, { signal: this.#signal });
    }
  }
}
