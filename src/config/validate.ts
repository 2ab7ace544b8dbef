import type { ModelSettings } from './model-settings.ts';
import { validateConfig } from './validator.ts';

/** The settings of a model of which only the endpoint is known, and perhaps what it means. */
export function defaultModelSettings(known: Pick<ModelSettings, 'endpoint'> & Partial<ModelSettings>): ModelSettings {
  const tree = { mode: 'aws', models: { model: { ...known } } };
  if (!validateConfig(tree)) throw new Error(`Not the settings of a model: ${JSON.stringify(validateConfig.errors)}`);
  return tree.models.model as ModelSettings;
}
