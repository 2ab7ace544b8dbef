import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyRequest } from 'fastify';
import type { Fault } from '../faults/fault.ts';

export type RuntimeRequest = FastifyRequest<{ Params: { endpoint: string }; Body: Buffer | undefined }>;

declare module 'fastify' {
  interface FastifyRequest {
    /** Faults that strike this call in the model or on the way from it. */
    faults: Fault[];
  }
}

/** A header of SageMaker's by the rest of its name. */
export const sagemakerHeader = (headers: IncomingHttpHeaders, name: string): string | undefined =>
  headers[`x-amzn-sagemaker-${name}`] as string | undefined;
