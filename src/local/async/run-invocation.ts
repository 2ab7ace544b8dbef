import { faultyServer } from '../faults/faulty-server.ts';
import type { Variant } from '../hosting/deployment.ts';
import { measured } from '../runtime/measured.ts';
import type { ObjectStore } from '../s3/object-store.ts';
import { parseS3Uri } from '../s3/s3-uri.ts';
import { storeObject } from '../s3/store-object.ts';
import type { AsyncInvocation } from './async-invocation.ts';

/** Calls the model and leaves its answer, or the reason why there is none, in S3. Rejects when `closing` broke it off. */
export async function runInvocation(
  invocation: AsyncInvocation,
  variant: Variant,
  objects: ObjectStore,
  closing: AbortSignal,
): Promise<void> {
  try {
    await answer(invocation, variant, objects, closing);
  } catch (error) {
    if (closing.aborted) throw error;
    const { failureLocation } = invocation;
    if (failureLocation === undefined) return;
    const reason = Buffer.from((error as Error).message);
    await storeObject(objects, parseS3Uri(failureLocation), [reason], 'text/plain');
  }
}

async function answer(
  { input, contentType, accept, customAttributes, outputLocation, expires, timeoutMs, faults }: AsyncInvocation,
  variant: Variant,
  objects: ObjectStore,
  closing: AbortSignal,
): Promise<void> {
  if (Date.now() > expires) throw new Error('The request expired in the queue before it was processed.');
  const body = 'inline' in input ? Buffer.from(input.inline, 'base64') : await read(input.location, objects);
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = AbortSignal.any([timeout, closing]);
  const server = faultyServer(variant.server, faults);
  const call = measured(variant, 0, () =>
    server.invoke({
      contentType,
      accept,
      ...(customAttributes !== undefined && { customAttributes }),
      body,
      signal,
    }),
  );
  const response = await unlessAborted(call, signal).catch((error: Error) => {
    if (!timeout.aborted) throw error;
    throw new Error(
      'Received server error (0) from primary with message "Your invocation timed out while waiting for a response from container primary. Review the latency metrics for each container in Amazon CloudWatch, resolve the issue, and try again."',
    );
  });
  if (response.status >= 400) {
    const side = response.status < 500 ? 'client' : 'server';
    throw new Error(`Received ${side} error (${response.status}) from primary with message "${response.body}"`);
  }
  await storeObject(objects, parseS3Uri(outputLocation), [response.body], response.contentType);
}

async function read(location: string, objects: ObjectStore): Promise<Buffer> {
  const { bucket, key } = parseS3Uri(location);
  let pieces: AsyncIterable<Buffer>;
  try {
    pieces = objects.read(objects.get(bucket, key));
  } catch {
    throw new Error(`Failed to download the input of the request from "${location}".`);
  }
  const whole: Buffer[] = [];
  for await (const piece of pieces) whole.push(piece);
  return Buffer.concat(whole);
}

/** A model server need not mind the signal: what comes after it is thrown away. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort);
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
