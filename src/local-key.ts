import { createApiKey } from './auth/api-key.ts';
import { isOpen, knowsAnybody } from './config/load.ts';
import type { Config } from './config/schema.ts';

export interface Keyed {
  /** What the demo calls with; undefined where nobody is asked who calls. */
  readonly demoKey: string | undefined;
  /** The same, where the operator has to be told it: undefined where the configuration says itself who may call. */
  readonly key: string | undefined;
  /** The configuration with the key's client in it; for one that was loaded anew, too. */
  protect(config: Config): Config;
}

/**
 * Local mode in a container listens beyond its machine, and Docker publishes a port to the whole network, so it must not be open; and it
 * must start with nothing configured. Hence a key for each start, where nobody has said who may call; and where clients are named, for the
 * demo, which is none of them.
 */
export function makeLocalKey(config: Config): Keyed {
  const asks = (current: Config): boolean => isOpen(current) || knowsAnybody(current);
  if (config.mode !== 'local' || !asks(config)) {
    return { demoKey: undefined, key: undefined, protect: (same) => same };
  }
  const { key, stored } = createApiKey();
  const client = {
    keys: [stored],
    scopes: ['predict', 'admin:read', 'admin:write'],
  } satisfies Config['clients'][string];
  return {
    demoKey: key,
    key: isOpen(config) ? key : undefined,
    protect: (current) =>
      asks(current) ? { ...current, clients: { ...current.clients, 'local-mode': client } } : current,
  };
}
