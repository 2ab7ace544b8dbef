import { defined } from '../../sagemaker/defined.ts';
import type { Tracking } from '../../sagemaker/scaling.ts';
import type { Scaling } from './fleet-schema.ts';

export const instanceTracking = (scaling: Scaling): Tracking => {
  const { minInstances: min, maxInstances: max, invocationsPerInstance: invocationsPerEach, ...cooldowns } = scaling;
  return { min, max, invocationsPerEach, ...cooldowns };
};

export const instanceScaling = ({ min, max, invocationsPerEach, ...cooldowns }: Tracking): Scaling => ({
  ...{ minInstances: min, maxInstances: max, invocationsPerInstance: invocationsPerEach },
  ...defined(cooldowns),
});
