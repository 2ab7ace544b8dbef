import { createHash } from 'node:crypto';
import { versionedName } from '../../predict/manifest.ts';
import { versionAt } from '../deployments/version.ts';
import type { DeliveryStatus, DeployOrder } from './delivery-schema.ts';
import type { NewTrainingJob } from './schema.ts';

/** The way of a model from training to service as the replicas pass it on to each other. */
export interface Delivery extends Omit<DeliveryStatus, 'name' | 'version'> {
  readonly job: NewTrainingJob;
  readonly order: DeployOrder;
  /** When the version was named, ISO 8601. All names follow from it, so that a step done twice makes nothing twice. */
  readonly versionedAt?: string;
  /** SageMaker was told to put the version into service. */
  readonly released?: true;
  /** What it will be when all that was made for it is removed. */
  readonly ending?: 'Rejected' | 'Failed';
}

/** A delivery whose version has its name. */
export type Versioned = Delivery & Required<Pick<Delivery, 'versionedAt'>>;
export const isVersioned = (work: Delivery): work is Versioned => work.versionedAt !== undefined;

export const versionOf = ({ versionedAt }: Versioned): string => versionAt(new Date(versionedAt));

/** Endpoint on which a version is evaluated before it is deployed: of the name of its model and configuration. */
export const candidateOf = (work: Versioned): string => versionedName(work.order.name, versionOf(work));

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
