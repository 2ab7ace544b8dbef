import type { Aws } from '../sagemaker/aws.ts';
import { describeLiveEndpoint } from '../sagemaker/endpoint-status.ts';
import type { CallableModel } from './model.ts';

/** How long an answer of SageMaker is believed, ms. */
const freshFor = 5_000;

/**
 * What changes when other models answer: the version of a deployment, else the endpoint configurations that are live. Asked anew every few
 * seconds, while the last answer goes on being used.
 */
export function versionOf(aws: Aws, model: CallableModel): () => Promise<string> | string {
  if (model.version !== undefined) return () => model.version ?? '';
  const endpoints = model.split?.endpoints.map(({ endpoint }) => endpoint) ?? [model.endpoint];
  let known: string | undefined;
  let asked = Number.NEGATIVE_INFINITY;
  let asking: Promise<string> | undefined;

  async function ask(): Promise<string> {
    const live = await Promise.all(endpoints.map((endpoint) => describeLiveEndpoint(aws, endpoint)));
    known = live.map((endpoint) => endpoint?.configName ?? '').join(' ');
    return known;
  }

  return () => {
    if (performance.now() - asked > freshFor && asking === undefined) {
      asking = ask().finally(() => {
        asked = performance.now();
        asking = undefined;
      });
      // Without the permission to describe the endpoint answers are kept for their time only.
      asking.catch(() => {
        known ??= '';
      });
    }
    return known ?? (asking as Promise<string>).catch(() => '');
  };
}
