import { createApiKey } from './auth/api-key.ts';
import { isOpen } from './config/load.ts';
import type { Config } from './config/schema.ts';

export interface Keyed {
  /** What the operator is told; undefined where the configuration says itself who may call. */
  readonly key: string | undefined;
  /** The configuration with the key's client in it; for one that was loaded anew, too. */
  protect(config: Config): Config;
}

/**
 * Local mode in a container listens beyond its machine, and Docker publishes a port to the whole network, so it must not be open; and it
 * must start with nothing configured. Hence a key for each start, where nobody has said who may call.
 */
export function makeLocalKey(config: Config): Keyed {
  if (config.mode !== 'local' || !isOpen(config)) return { key: undefined, protect: (same) => same };
  const { key, stored } = createApiKey();
  const client = {
    keys: [stored],
    scopes: ['predict', 'admin:read', 'admin:write'],
  } satisfies Config['clients'][string];
  return {
    key,
    protect: (current) => (isOpen(current) ? { ...current, clients: { local: client } } : current),
  };
}
