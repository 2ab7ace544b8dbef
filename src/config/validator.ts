import { Ajv, type Options } from 'ajv';
import { Config } from './schema.ts';

/**
 * Variables arrive as text, hence the coercion; `env` is the schema's own annotation. Checking the schema itself, which a test does, and polishing
 * code that runs once or twice would take longer than all else here.
 */
export const options: Options = {
  allErrors: true,
  coerceTypes: true,
  useDefaults: true,
  allowUnionTypes: true,
  keywords: ['env'],
  meta: false,
  validateSchema: false,
  code: { optimize: false },
};

/**
 * Checks a configuration and fills in its defaults. There is one compiled schema for all of it, since to compile it is a tenth of the start; the image
 * has this module's place taken by what Ajv makes of it (scripts/image/bundle.ts).
 */
export const validateConfig = new Ajv(options).compile(Config);
