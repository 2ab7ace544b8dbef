import type { Variant } from '../hosting/deployment.ts';

/** Calls a variant's model and counts the call, one that breaks as an error of the server. `before` is what had passed of the request by then, ms. */
export async function measured<T extends { status: number }>(
  variant: Variant,
  before: number,
  call: () => Promise<T>,
): Promise<T> {
  const began = performance.now();
  const count = (status: number) => {
    const modelMs = performance.now() - began;
    variant.meter.count({ status, modelMs, totalMs: before + modelMs }, variant.instances);
  };
  try {
    const answer = await call();
    count(answer.status);
    return answer;
  } catch (error) {
    count(500);
    throw error;
  }
}
