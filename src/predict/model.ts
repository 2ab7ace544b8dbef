import type { ModelSettings } from '../config/model-settings.ts';

/** A model as callers know it: its public name and all that is needed to call it. */
export interface CallableModel extends ModelSettings {
  readonly name: string;
  /** Version of the deployment; undefined for an endpoint that was only configured. */
  readonly version?: string;
}
