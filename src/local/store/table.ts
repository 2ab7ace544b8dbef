import { type FileHandle, mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { replaceFile } from './atomic-file.ts';

type Row<T> = [key: string, value: T] | [key: string];

/**
 * A map that survives kill -9: kept in memory, and on disk as a journal of JSON lines, `[key, value]` for a write and `[key]` for a removal.
 * A promise that has resolved is on the disk. A last line that was cut off by a crash counts as never written.
 * Values are frozen in spirit: replace them with `set`, do not change them in place.
 */
export class Table<T> {
  readonly #rows: Map<string, T>;
  readonly #journal: FileHandle;
  #bytes: number;
  #pending: string[] = [];
  #running: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  private constructor(rows: Map<string, T>, journal: FileHandle, bytes: number) {
    this.#rows = rows;
    this.#journal = journal;
    this.#bytes = bytes;
  }

  static async open<T>(path: string): Promise<Table<T>> {
    await mkdir(dirname(path), { recursive: true });
    const rows = await replay<T>(path);
    // Rewritten on every start, which also drops a torn last line, so that the journal grows only while the process runs.
    const lines = Buffer.from([...rows].map((row) => `${JSON.stringify(row)}\n`).join(''));
    await replaceFile(path, lines);
    return new Table(rows, await open(path, 'a'), lines.length);
  }

  get size(): number {
    return this.#rows.size;
  }

  get(key: string): T | undefined {
    return this.#rows.get(key);
  }

  /** A row that is to be there as long as the work on it. @throws when it is gone */
  existing(key: string): T {
    const value = this.#rows.get(key);
    if (value === undefined) throw new Error(`${key} is gone`);
    return value;
  }

  entries(): MapIterator<[string, T]> {
    return this.#rows.entries();
  }

  keys(): MapIterator<string> {
    return this.#rows.keys();
  }

  values(): MapIterator<T> {
    return this.#rows.values();
  }

  /** Visible to readers at once, durable when the promise resolves. */
  set(key: string, value: T): Promise<void> {
    this.#rows.set(key, value);
    return this.#append([key, value]);
  }

  /** Whether there was such a row. */
  async delete(key: string): Promise<boolean> {
    if (!this.#rows.delete(key)) return false;
    await this.#append([key]);
    return true;
  }

  async close(): Promise<void> {
    await (this.#next ?? this.#running).catch(() => undefined);
    await this.#journal.close();
  }

  /** Rows that come while the disk is busy share its next sync. */
  #append(row: Row<T>): Promise<void> {
    this.#pending.push(`${JSON.stringify(row)}\n`);
    const flush = () => this.#flush();
    this.#next ??= this.#running.then(flush, flush);
    return this.#next;
  }

  async #flush(): Promise<void> {
    const lines = Buffer.from(this.#pending.join(''));
    this.#pending = [];
    if (this.#next !== undefined) this.#running = this.#next;
    this.#next = undefined;
    try {
      await this.#journal.appendFile(lines);
      await this.#journal.datasync();
      this.#bytes += lines.length;
    } catch (error) {
      // On a full disk, half a line would spoil the next one.
      await this.#journal.truncate(this.#bytes).catch(() => undefined);
      throw error;
    }
  }
}

async function replay<T>(path: string): Promise<Map<string, T>> {
  const rows = new Map<string, T>();
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const lines = text.split('\n');
  lines.pop(); // '' after a whole last line, or the torn one
  for (const line of lines) {
    const row = JSON.parse(line) as Row<T>;
    if (row.length === 2) rows.set(row[0], row[1]);
    else rows.delete(row[0]);
  }
  return rows;
}
