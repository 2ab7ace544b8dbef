type Trust = string[] | false | ((address: string, hop: number) => boolean);

/** The setting trustProxy as Fastify takes it: a number of proxies, or addresses and networks. False believes nobody, so that X-Forwarded-For is only text. */
export function trustedProxies(setting: string | undefined): Trust {
  if (setting === undefined) return false;
  const count = Number(setting);
  if (Number.isInteger(count)) return (_address, hop) => hop < count;
  return setting.split(',').map((network) => network.trim());
}
