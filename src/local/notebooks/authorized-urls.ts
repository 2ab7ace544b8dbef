import { randomBytes } from 'node:crypto';
import type { Pace } from '../pace.ts';

/** Where an authorized URL leads first, as with SageMaker: from here on to the notebook's own server. */
export const openingPath = (name: string) => `/_local/notebook-instances/${name}/open`;

/** How long an address lets in, seconds. */
const lifetime = 5 * 60;

/** Secrets that open a notebook instance for a while, by which CreatePresignedNotebookInstanceUrl hides the instance's own. */
export class AuthorizedUrls {
  readonly #pace: Pace;
  readonly #issued = new Map<string, { name: string; until: number }>();

  constructor(pace: Pace) {
    this.#pace = pace;
  }

  issue(name: string): string {
    for (const [secret, { until }] of this.#issued) if (until < Date.now()) this.#issued.delete(secret);
    const secret = randomBytes(24).toString('base64url');
    this.#issued.set(secret, { name, until: Date.now() + this.#pace.ms(lifetime) });
    return secret;
  }

  opens(secret: string, name: string): boolean {
    const issued = this.#issued.get(secret);
    return issued?.name === name && Date.now() <= issued.until;
  }
}
