import type { TSchema } from 'typebox';
import { Config } from './schema.ts';

/** A setting that an environment variable can give. */
export interface EnvSetting {
  readonly variable: string;
  readonly path: readonly string[];
  readonly schema: TSchema & { readonly description?: string; readonly default?: unknown };
}

/** The settings whose schema names an environment variable, found in the schema itself so that none is listed twice. */
function collect(properties: Record<string, TSchema>, path: readonly string[] = []): EnvSetting[] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    const here = [...path, name];
    if ('env' in schema && typeof schema.env === 'string') return [{ variable: schema.env, path: here, schema }];
    return 'properties' in schema ? collect(schema.properties as Record<string, TSchema>, here) : [];
  });
}

export const envSettings = collect(Config.properties);
