import { randomUUID } from 'node:crypto';
import { GatewayError } from '../../errors.ts';
import type { Workspace } from '../../sagemaker/workspace.ts';

/** A piece of work as it stands in S3. */
interface WorkDocument<State> {
  readonly state: State;
  /** The replica that is at it; nobody while there is only to wait. */
  readonly holder?: string;
  /** Another one with every write, so that a writer knows its own, and no two documents have the same ETag. */
  readonly mark: string;
}

/** A piece of work as it was read or written last. */
export interface Work<State> {
  readonly id: string;
  readonly state: State;
  readonly holder?: string;
  readonly etag: string;
}

/**
 * Work that must be finished though the replica that began it dies: a document in S3 for each, `work/<kind>/open/<id>.json`, which ends up
 * under `done/`. All writes to an open one are conditional, so that of two replicas only one goes on. An id is never used twice.
 */
export class WorkStore<State> {
  readonly #workspace: Workspace;
  readonly #open: string;
  readonly #done: string;

  constructor(workspace: Workspace, kind: string) {
    this.#workspace = workspace;
    this.#open = `work/${kind}/open/`;
    this.#done = `work/${kind}/done/`;
  }

  /** @throws GatewayError already_exists when the id was ever used */
  async begin(id: string, state: State, holder: string): Promise<Work<State>> {
    const done = await this.#workspace.readJson(`${this.#done}${id}.json`);
    const begun = done === undefined ? await this.#write(id, { state, holder }) : undefined;
    if (begun === undefined) throw new GatewayError('already_exists', `"${id}" is under way or over already.`);
    return begun;
  }

  /** Open work; undefined when there is none of that id. */
  async read(id: string): Promise<Work<State> | undefined> {
    const found = await this.#workspace.readVersioned<WorkDocument<State>>(`${this.#open}${id}.json`);
    if (found === undefined) return undefined;
    const { state, holder } = found.value;
    return { id, state, etag: found.etag, ...(holder === undefined ? {} : { holder }) };
  }

  /** The state of work, open or done. */
  async find(id: string): Promise<State | undefined> {
    const open = await this.read(id);
    return open?.state ?? (await this.#workspace.readJson<State>(`${this.#done}${id}.json`));
  }

  /** Ids of the open work, those with a prefix. */
  listOpen(prefix = ''): Promise<string[]> {
    return this.#ids(this.#open, prefix);
  }

  /** Ids of all work, those with a prefix, in the order of their names. */
  async list(prefix: string): Promise<string[]> {
    // In this order, so that what is put away meanwhile is not missed.
    const open = await this.#ids(this.#open, prefix);
    return [...new Set([...open, ...(await this.#ids(this.#done, prefix))])].sort();
  }

  async #ids(folder: string, prefix: string): Promise<string[]> {
    const keys = await this.#workspace.listAll(`${folder}${prefix}`);
    return keys.map((key) => key.slice(folder.length, -'.json'.length));
  }

  /** Replaces what was seen; without a holder the work is free again. @returns undefined when another replica has written since */
  async replace(seen: Work<State>, state: State, holder?: string): Promise<Work<State> | undefined> {
    return this.#write(seen.id, { state, ...(holder === undefined ? {} : { holder }) }, seen.etag);
  }

  async #write(id: string, work: Omit<WorkDocument<State>, 'mark'>, seen?: string): Promise<Work<State> | undefined> {
    const key = `${this.#open}${id}.json`;
    const document: WorkDocument<State> = { ...work, mark: randomUUID() };
    const etag = await this.#workspace.writeJsonIf(key, document, seen);
    if (etag !== undefined) return { id, ...work, etag };
    // A write whose answer was lost is sent again by the SDK, and then refused because of itself.
    const now = await this.#workspace.readVersioned<WorkDocument<State>>(key);
    return now?.value.mark === document.mark ? { id, ...work, etag: now.etag } : undefined;
  }

  /**
   * Puts finished work away. It may be repeated. Work that was discarded meanwhile is forgotten: whoever discards it, forgets what is kept after
   * that, which this may have been too late for. @param isOurs whether no other replica can have put it away
   */
  async archive(id: string, state: State, isOurs: () => boolean): Promise<void> {
    await this.#workspace.writeJson(`${this.#done}${id}.json`, state);
    const isDiscarded = (await this.read(id)) === undefined && isOurs();
    await this.#workspace.remove(`${isDiscarded ? this.#done : this.#open}${id}.json`);
  }

  /** Forgets work altogether, so that its id is free: for what could not even begin. */
  async discard(id: string): Promise<void> {
    await this.#workspace.remove(`${this.#open}${id}.json`);
  }

  /** Removes what is kept of finished work, and says where it was. */
  async forget(prefix: string): Promise<string[]> {
    const keys = await this.#workspace.removeAll(`${this.#done}${prefix}`);
    return Promise.all(keys.map((key) => this.#workspace.uri(key)));
  }
}
