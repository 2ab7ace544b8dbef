import type { Clients, Scope } from '../config/clients.ts';

/** Who calls. */
export interface Client {
  readonly name: string;
  readonly scopes: ReadonlySet<Scope>;
  /** The models it may call; undefined for all. */
  readonly models: ReadonlySet<string> | undefined;
  /** Name of its usage plan; undefined for no limits. */
  readonly plan: string | undefined;
}

export const clientOf = (name: string, { scopes, models, plan }: Clients[string]): Client => ({
  name,
  scopes: new Set(scopes),
  models: models && new Set(models),
  plan,
});
