import type { FieldError } from '../../errors.ts';
import { defined } from '../../sagemaker/defined.ts';
import type { Tracking } from '../../sagemaker/scaling.ts';
import { invalidField, invalidFields } from '../invalid.ts';
import type { CopyScaling, FleetOptions } from './fleet-schema.ts';

/** How a version is hosted as an inference component. */
export type ComponentSettings = NonNullable<FleetOptions['inferenceComponent']>;

export const copyTracking = ({ minCopies, maxCopies, invocationsPerCopy, ...cooldowns }: CopyScaling): Tracking => ({
  ...{ min: minCopies, max: maxCopies, invocationsPerEach: invocationsPerCopy },
  ...cooldowns,
});

export const copyScaling = ({ min, max, invocationsPerEach, ...cooldowns }: Tracking): CopyScaling => ({
  ...{ minCopies: min, maxCopies: max, invocationsPerCopy: invocationsPerEach },
  ...defined(cooldowns),
});

/** @param within where the scaling stands in the request @throws GatewayError for bounds that contradict each other */
export function checkCopyScaling({ minCopies, maxCopies }: CopyScaling, within: string): void {
  if (minCopies > maxCopies) throw invalidField(`${within}/minCopies`, `is more than ${within}/maxCopies`);
}

/** What SageMaker does not have together, or not for an inference component. @param within where the settings stand in the request */
export function checkComponent(fleet: FleetOptions, within = ''): void {
  const { inferenceComponent: component, instanceCount } = fleet;
  if (component === undefined) return;
  const faults: FieldError[] = (['serverless', 'async', 'dataCapture'] as const)
    .filter((other) => fleet[other] !== undefined)
    .map((other) => ({
      pointer: `${within}/${other}`,
      detail: `cannot be given together with ${within}/inferenceComponent`,
    }));
  const { minInstances, maxInstances, memoryMB, maxMemoryMB = memoryMB, scaling } = component;
  const place = `${within}/inferenceComponent`;
  if (minInstances > maxInstances) {
    faults.push({ pointer: `${place}/minInstances`, detail: `is more than ${place}/maxInstances` });
  }
  if (instanceCount > maxInstances) {
    faults.push({ pointer: `${within}/instanceCount`, detail: `is more than ${place}/maxInstances` });
  }
  if (maxMemoryMB < memoryMB) {
    faults.push({ pointer: `${place}/maxMemoryMB`, detail: `is less than ${place}/memoryMB` });
  }
  if (faults.length > 0) throw invalidFields(faults);
  if (scaling !== undefined) checkCopyScaling(scaling, `${place}/scaling`);
}

/** A new version of a component takes the old one's place on the instances that there are. @throws GatewayError when it cannot */
export function requireSameHosting(live: FleetOptions, next: FleetOptions, within = ''): void {
  const [before, after] = [live.inferenceComponent, next.inferenceComponent];
  const place = `${within}/inferenceComponent`;
  if (before === undefined && after === undefined) return;
  if (before === undefined) {
    throw invalidField(place, 'cannot be given over a version that has instances of its own: make another deployment');
  }
  if (after === undefined) {
    throw invalidField(place, 'is missing: the live version is hosted so; for another hosting make another deployment');
  }
  if (live.instanceType !== next.instanceType) {
    throw invalidField(`${within}/instanceType`, `must be ${live.instanceType}, which the endpoint has`);
  }
  for (const bound of ['minInstances', 'maxInstances'] as const) {
    if (before[bound] !== after[bound]) throw invalidField(`${place}/${bound}`, `must be ${before[bound]}, as it is`);
  }
}
