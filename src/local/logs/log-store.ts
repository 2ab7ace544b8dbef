import { appendFile, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Times in epoch milliseconds. */
export interface LogEvent {
  timestamp: number;
  ingestionTime: number;
  message: string;
}

export interface LogStream {
  name: string;
  created: number;
  events: LogEvent[];
}

/**
 * CloudWatch log groups: a folder a group, a file of JSON lines a stream. A line is appended when it comes and flushed by the operating system: of
 * all state, log lines alone may be lost with the machine, though not with the process.
 */
export class LogStore {
  readonly #folder: string;
  readonly #groups = new Map<string, Map<string, LogStream>>();
  #writing: Promise<void> = Promise.resolve();

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async open(folder: string): Promise<LogStore> {
    const store = new LogStore(folder);
    await mkdir(folder, { recursive: true });
    for (const group of await readdir(folder)) {
      for (const file of await readdir(join(folder, group))) {
        const events = parseLines(await readFile(join(folder, group, file), 'utf8'));
        store.#stream(decodeURIComponent(group), decodeURIComponent(file.replace(/\.jsonl$/, '')), events);
      }
    }
    return store;
  }

  groups(): string[] {
    return [...this.#groups.keys()].sort();
  }

  /** Undefined when there is no such group. */
  streams(group: string): ReadonlyMap<string, LogStream> | undefined {
    return this.#groups.get(group);
  }

  append(group: string, streamName: string, messages: string[]): void {
    const now = Date.now();
    const events = messages.map((message) => ({ timestamp: now, ingestionTime: now, message }));
    this.#stream(group, streamName, events);
    const folder = join(this.#folder, encodeURIComponent(group));
    const lines = events.map((event) => `${JSON.stringify(event)}\n`).join('');
    this.#writing = this.#writing
      .then(() => mkdir(folder, { recursive: true }))
      .then(() => appendFile(join(folder, `${encodeURIComponent(streamName)}.jsonl`), lines))
      // A full disk must not take the process down for the sake of a log line.
      .catch(() => undefined);
  }

  close(): Promise<void> {
    return this.#writing;
  }

  #stream(group: string, name: string, events: LogEvent[]): void {
    const streams = this.#groups.get(group) ?? new Map<string, LogStream>();
    this.#groups.set(group, streams);
    const stream = streams.get(name);
    if (stream) stream.events.push(...events);
    else streams.set(name, { name, created: events[0]?.timestamp ?? Date.now(), events: [...events] });
  }
}

/** A line that a crash has cut off is left out. */
function parseLines(text: string): LogEvent[] {
  return text.split('\n').flatMap((line) => {
    try {
      return [JSON.parse(line) as LogEvent];
    } catch {
      return [];
    }
  });
}
