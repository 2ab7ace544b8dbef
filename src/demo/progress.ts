import type { WriteStream } from 'node:tty';

/** Shows how far something is: on a terminal one line that changes, elsewhere (a container's log) a line for each new stage. */
export class Progress {
  readonly #out: NodeJS.WriteStream | WriteStream;
  #stage = '';

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
  }

  show(stage: string, detail = ''): void {
    if (this.#out.isTTY) {
      this.#out.write(`\r\u001b[K  ${stage}${detail ? `  ${detail}` : ''}`);
    } else if (stage !== this.#stage) {
      this.#out.write(`  ${stage}${detail ? `  ${detail}` : ''}\n`);
    }
    this.#stage = stage;
  }

  /** Ends the changing line. */
  done(stage: string, detail = ''): void {
    if (this.#out.isTTY) this.#out.write(`\r\u001b[K  ${stage}  ${detail}\n`);
    else this.#out.write(`  ${stage}  ${detail}\n`);
    this.#stage = '';
  }
}
