import { Ajv } from 'ajv';
import type { ModelSettings } from './model-settings.ts';
import { Config } from './schema.ts';

/**
 * Checks a configuration and fills in its defaults. Variables arrive as text, hence the coercion; `env` is the schema's own annotation. There is
 * one compiled schema for all of it, since to compile it is a tenth of the start.
 */
export const validateConfig = new Ajv({
  allErrors: true,
  coerceTypes: true,
  useDefaults: true,
  allowUnionTypes: true,
  keywords: ['env'],
}).compile(Config);

/** The settings of a model of which only the endpoint is known, and perhaps what it means. */
export function defaultModelSettings(known: Pick<ModelSettings, 'endpoint'> & Partial<ModelSettings>): ModelSettings {
  const tree = { mode: 'aws', models: { model: { ...known } } };
  if (!validateConfig(tree)) throw new Error(`Not the settings of a model: ${JSON.stringify(validateConfig.errors)}`);
  return tree.models.model as ModelSettings;
}
