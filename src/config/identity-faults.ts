import type { Config } from './schema.ts';

/** What is wrong among clients, issuers and plans, and no schema of one of them can see. */
export function identityFaults({ clients, issuers, plans }: Pick<Config, 'clients' | 'issuers' | 'plans'>): string[] {
  const faults: string[] = [];
  const holders = [
    ...Object.entries(clients).map(([name, { plan }]) => [`clients.${name}`, plan] as const),
    ...Object.entries(issuers).map(([name, { plan }]) => [`issuers.${name}`, plan] as const),
  ];
  for (const [place, plan] of holders) {
    if (plan !== undefined && !Object.hasOwn(plans, plan)) faults.push(`${place}.plan: there is no plan "${plan}"`);
  }
  const ids = new Set<string>();
  for (const [name, { keys, accessKeys = [], certificates = [] }] of Object.entries(clients)) {
    if (keys.length + accessKeys.length + certificates.length === 0)
      faults.push(`clients.${name}: has neither keys nor accessKeys nor certificates`);
    for (const [i, { id, secretEnv, secretFile }] of accessKeys.entries()) {
      const place = `clients.${name}.accessKeys.${i}`;
      if ((secretEnv === undefined) === (secretFile === undefined))
        faults.push(`${place}: needs one of secretEnv and secretFile`);
      if (ids.has(id)) faults.push(`${place}.id: is another client’s too`);
      ids.add(id);
    }
  }
  return faults;
}
