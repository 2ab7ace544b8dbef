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
