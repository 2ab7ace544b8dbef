import { createHash } from 'node:crypto';
import type { Workspace } from '../../sagemaker/workspace.ts';

/** How long an answer is kept, ms. */
const keptMs = 24 * 3_600_000;

export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly location?: string;
  readonly body: string;
}

interface Claim {
  /** Digest of the request that has it. */
  readonly request: string;
  /** ISO 8601. */
  readonly since: string;
  /** Undefined while the request is at work. */
  readonly answer?: Answer;
}

/** What was found in place of a claim of one's own. */
export type Found = { readonly request: string; readonly answer?: Answer };

export const digest = (...parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex');

/** Claims that one request at most has, whichever replica it came to: documents in S3, made by conditional writes, that end by themselves. */
export class Claims {
  readonly #workspace: Workspace;
  readonly #folder: string;
  readonly #aliveMs: number;

  /** @param aliveMs how long a request may take before it is taken for dead, ms */
  constructor(workspace: Workspace, folder: string, aliveMs: number) {
    this.#workspace = workspace;
    this.#folder = `${folder}/`;
    this.#aliveMs = aliveMs;
  }

  #key(id: string): string {
    return `${this.#folder}${id}.json`;
  }

  /** @returns undefined when the claim is now this request's; else whose it is */
  async take(id: string, request: string): Promise<Found | undefined> {
    const claim: Claim = { request, since: new Date().toISOString() };
    if ((await this.#workspace.writeJsonIf(this.#key(id), claim)) !== undefined) return undefined;
    const found = await this.#workspace.readVersioned<Claim>(this.#key(id));
    // Given up between the two.
    if (found === undefined) return { request };
    const age = Date.now() - Date.parse(found.value.since);
    const over = age > (found.value.answer === undefined ? this.#aliveMs : keptMs);
    if (over && (await this.#workspace.writeJsonIf(this.#key(id), claim, found.etag)) !== undefined) return undefined;
    return found.value;
  }

  /** Keeps what became of it. */
  keep(id: string, request: string, answer: Answer): Promise<void> {
    const claim: Claim = { request, since: new Date().toISOString(), answer };
    return this.#workspace.writeJson(this.#key(id), claim);
  }

  giveUp(id: string): Promise<void> {
    return this.#workspace.remove(this.#key(id));
  }
}
