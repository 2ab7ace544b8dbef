import type { FastifyBaseLogger } from 'fastify';
import { AwsError } from './aws-error.ts';

/** What a handler threw, as the client may see it. A fault of this server is logged, and is `internal` to the client. */
export function asAwsError(
  error: Error & { statusCode?: number },
  internal: () => AwsError,
  log: FastifyBaseLogger,
): AwsError {
  if (error instanceof AwsError) return error;
  // Fastify's own refusals, such as a body that is too large.
  if (error.statusCode === 413) return new AwsError('RequestEntityTooLargeException', error.message, 413);
  if (error.statusCode !== undefined && error.statusCode < 500) {
    return new AwsError('BadRequestException', error.message, error.statusCode);
  }
  log.error(error);
  return internal();
}
