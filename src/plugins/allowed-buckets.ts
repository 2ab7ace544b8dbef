import type { FastifyInstance } from 'fastify';
import { type FieldError, GatewayError } from '../errors.ts';

/** Deeper than any body of an admin route. */
const deepest = 8;

const location = /^s3:\/\/([^/]+)/;

/** Every s3:// location in a body, with its place. */
function* locationsIn(value: unknown, pointer = '', depth = 0): Generator<{ pointer: string; bucket: string }> {
  if (typeof value === 'string') {
    const bucket = location.exec(value)?.[1];
    if (bucket !== undefined) yield { pointer, bucket };
    return;
  }
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value) || depth > deepest) return;
  if (!Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype) return;
  for (const [key, child] of Object.entries(value)) {
    yield* locationsIn(child, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`, depth + 1);
  }
}

/**
 * Lets requests of the routes registered in `app` after this name S3 locations only in the gateway's own bucket and in those allowed: SageMaker
 * reads them with the gateway's role, which may see more than its callers should.
 */
export function allowBuckets(app: FastifyInstance, allowed: readonly string[], own: () => Promise<string>): void {
  const names = new Set(allowed);
  app.addHook('preHandler', async ({ body }) => {
    const strange = [...locationsIn(body)].filter(({ bucket }) => !names.has(bucket));
    if (strange.length === 0) return;
    const ownBucket = await own();
    const errors: FieldError[] = strange
      .filter(({ bucket }) => bucket !== ownBucket)
      .map(({ pointer, bucket }) => ({ pointer, detail: `is in the bucket ${bucket}, which is not allowed` }));
    const [first] = errors;
    if (first !== undefined)
      throw new GatewayError('validation_failed', `${first.pointer} ${first.detail} (allowedBuckets).`, { errors });
  });
}
