import type { JWTPayload } from 'jose';
import type { Scope } from '../config/clients.ts';
import type { Issuer } from '../config/issuers.ts';
import { GatewayError } from '../errors.ts';
import type { Client } from './client.ts';

/** What can stand in logs and in the names of counters. */
const nameable = /^[\x21-\x7e]{1,128}$/;

/** A claim as a list: `["a", "b"]` or "a b". */
function listIn(claim: unknown): string[] {
  if (typeof claim === 'string') return claim.split(' ').filter(Boolean);
  return Array.isArray(claim) ? claim.filter((each): each is string => typeof each === 'string') : [];
}

/** The client that verified claims stand for. @throws GatewayError unauthenticated when they name none */
export function clientFrom(claims: JWTPayload, issuerName: string, settings: Issuer): Client {
  const value = claims[settings.clientClaim];
  if (typeof value !== 'string' || !nameable.test(value))
    throw new GatewayError('unauthenticated', `The token has no claim ${settings.clientClaim} that can name a client.`);

  const scopes = new Set<Scope>();
  for (const scope of listIn(claims[settings.scopeClaim])) {
    const granted = Object.hasOwn(settings.scopes, scope) ? settings.scopes[scope] : undefined;
    for (const each of granted ?? []) scopes.add(each);
  }
  const models = new Set<string>();
  for (const group of listIn(claims[settings.groupClaim])) {
    const granted = Object.hasOwn(settings.groups, group) ? settings.groups[group] : undefined;
    for (const each of granted?.scopes ?? []) scopes.add(each);
    for (const model of granted?.models ?? []) models.add(model);
  }
  return {
    name: `${issuerName}/${value}`,
    scopes,
    models: models.size > 0 ? models : settings.models && new Set(settings.models),
    plan: settings.plan,
  };
}
