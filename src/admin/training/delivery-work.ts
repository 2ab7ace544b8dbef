import { createHash } from 'node:crypto';
import { versionedName } from '../../predict/manifest.ts';
import { versionAt } from '../deployments/version.ts';
import { type Delivery, isVersioned, type Versioned } from './delivery.ts';
import type { DeliveryStatus } from './delivery-schema.ts';

export const versionOf = ({ versionedAt }: Versioned): string => versionAt(new Date(versionedAt));

/** Endpoint on which a version is evaluated before it is deployed: of the name of its model and configuration. */
export const candidateOf = (work: Versioned): string => versionedName(work.order.name, versionOf(work));

/** Endpoint configuration of a candidate, where that of the version names no model; with it a name may have 63 characters. */
export const gateConfigOf = (work: Versioned): string => `${candidateOf(work)}-g`;

export const evaluationIdOf = (work: Versioned): string =>
  `${versionOf(work)}-${createHash('sha256').update(work.job.name).digest('hex').slice(0, 8)}`;

export const isDelivered = ({ state }: Pick<DeliveryStatus, 'state'>): boolean =>
  state === 'Deployed' || state === 'Rejected' || state === 'RolledBack' || state === 'Failed';

export function deliveryStatus(work: Delivery): DeliveryStatus {
  const { state, reason, evaluation, updatedAt, order } = work;
  return {
    name: order.name,
    state,
    ...(isVersioned(work) ? { version: versionOf(work) } : {}),
    ...(reason === undefined ? {} : { reason }),
    ...(evaluation === undefined ? {} : { evaluation }),
    updatedAt,
  };
}
