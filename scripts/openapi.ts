// Writes openapi.yaml from the schemas of the routes: `npm run openapi`. A test fails when the file drifts from them.
import { writeFileSync } from 'node:fs';
import { pino } from 'pino';
import { buildApp } from '../src/app.ts';
import { loadConfig } from '../src/config/load.ts';
import { createAws } from '../src/sagemaker/aws.ts';
import type { Invoker } from '../src/sagemaker/invoke.ts';

export const openapiFile = new URL('../openapi.yaml', import.meta.url);

/** The document of a gateway with no configuration at all; nothing is called, so there is nothing to call. */
export async function renderOpenapi(): Promise<string> {
  const config = loadConfig({});
  const invoker: Invoker = {
    invoke: () => Promise.reject(new Error('Rendering the OpenAPI document calls no model')),
    close: () => Promise.resolve(),
  };
  const aws = createAws(config);
  const app = await buildApp(config, { aws, invoker, logger: pino({ level: 'silent' }) });
  await app.ready();
  const yaml = app.swagger({ yaml: true });
  await app.close();
  aws.close();
  return yaml;
}

if (import.meta.main) writeFileSync(openapiFile, await renderOpenapi());
