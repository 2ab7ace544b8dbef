import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { link, mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';

/** A stretch of bytes on the disk. An object has one, or one per part if it came by multipart upload. */
export interface Blob {
  id: string;
  size: number;
}

/** Bytes of objects, in files with names of their own, so that no key ever becomes a path. A blob that no table names is rubbish. */
export class BlobStore {
  readonly #folder: string;
  readonly #readers = new Map<string, number>();
  readonly #doomed = new Set<string>();

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Removes what an interrupted write has left: every blob not in `live`. */
  static async open(folder: string, live: ReadonlySet<string>): Promise<BlobStore> {
    await mkdir(folder, { recursive: true });
    const store = new BlobStore(folder);
    const rubbish = (await readdir(folder)).filter((id) => !live.has(id));
    await Promise.all(rubbish.map((id) => rm(store.#path(id))));
    return store;
  }

  /** Stores a stream with bounded memory; on the disk when it resolves. A stream that breaks leaves nothing. */
  async write(
    source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    observe?: (piece: Uint8Array) => void,
  ): Promise<Blob> {
    const id = randomUUID();
    const file = await open(this.#path(id), 'wx');
    try {
      let size = 0;
      for await (const piece of source) {
        observe?.(piece);
        await file.appendFile(piece);
        size += piece.length;
      }
      await file.datasync();
      return { id, size };
    } catch (error) {
      await this.remove([{ id, size: 0 }]);
      throw error;
    } finally {
      await file.close();
    }
  }

  /** Bytes `start` to `end` (inclusive) of the blobs' concatenation. */
  read(blobs: Blob[], start = 0, end = Number.POSITIVE_INFINITY): Readable {
    // Held from this moment on, so that an overwrite while the client is still reading takes nothing away.
    for (const { id } of blobs) this.#readers.set(id, (this.#readers.get(id) ?? 0) + 1);
    const stream = Readable.from(this.#pieces(blobs, start, end), { objectMode: false });
    stream.once('close', () => this.#release(blobs));
    return stream;
  }

  async *#pieces(blobs: Blob[], start: number, end: number): AsyncGenerator<Buffer> {
    let offset = 0;
    for (const { id, size } of blobs) {
      const from = Math.max(start - offset, 0);
      const to = Math.min(end - offset, size - 1);
      offset += size;
      if (from <= to) yield* createReadStream(this.#path(id), { start: from, end: to, highWaterMark: 256 * 1024 });
    }
  }

  /** Copies without copying: a second name for the same bytes. */
  copy(blobs: Blob[]): Promise<Blob[]> {
    return Promise.all(
      blobs.map(async ({ id, size }) => {
        const copy = randomUUID();
        await link(this.#path(id), this.#path(copy));
        return { id: copy, size };
      }),
    );
  }

  async remove(blobs: Blob[]): Promise<void> {
    await Promise.all(
      blobs.map(({ id }) => (this.#readers.has(id) ? this.#doomed.add(id) : rm(this.#path(id), { force: true }))),
    );
  }

  #release(blobs: Blob[]): void {
    for (const { id } of blobs) {
      const readers = (this.#readers.get(id) ?? 1) - 1;
      if (readers > 0) this.#readers.set(id, readers);
      else this.#readers.delete(id);
      if (readers === 0 && this.#doomed.delete(id)) rm(this.#path(id), { force: true }).catch(() => undefined);
    }
  }

  #path(id: string): string {
    return join(this.#folder, id);
  }
}
