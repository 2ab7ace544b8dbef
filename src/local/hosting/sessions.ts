/** In place of an id: the model is asked for a session of its own making. */
export const newSession = 'NEW_SESSION';

/** What a model says of its sessions: `<id>; Expires=2026-11-24T18:00:00Z` of one that it began, the id of one that it closed. */
export interface SessionNews {
  newSessionId?: string;
  closedSessionId?: string;
}

/** The stateful sessions of one deployment, by the variant that holds each: they live and go with its containers. */
export class Sessions<Variant> {
  readonly #held = new Map<string, { variant: Variant; expires: number }>();

  follow({ newSessionId, closedSessionId }: SessionNews, variant: Variant): void {
    const [id = '', expires = ''] = newSessionId?.split(/;\s*Expires=/i) ?? [];
    if (id !== '') {
      this.#forgetExpired();
      this.#held.set(id.trim(), { variant, expires: Date.parse(expires) });
    }
    if (closedSessionId !== undefined) this.#held.delete(closedSessionId);
  }

  /** The variant to ask; undefined of a session that is closed or expired, or of another deployment. */
  find(id: string): Variant | undefined {
    const session = this.#held.get(id);
    // One without a time of its own does not expire: there is nothing to compare with.
    return session && !(session.expires <= Date.now()) ? session.variant : undefined;
  }

  #forgetExpired(): void {
    for (const [id, { expires }] of this.#held) if (expires <= Date.now()) this.#held.delete(id);
  }
}
