import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Account } from '../account.ts';
import type { Fault } from '../faults/fault.ts';

export type RuntimeRequest = FastifyRequest<{ Params: { endpoint: string }; Body: Buffer | undefined }>;

/** Answers a request whose input has been checked. Throws AwsError. */
export type RuntimeOperation<I = never> = (
  input: I,
  account: Account,
  request: RuntimeRequest,
  reply: FastifyReply,
) => Promise<FastifyReply>;

declare module 'fastify' {
  interface FastifyRequest {
    /** Faults that strike this call in the model or on the way from it. */
    faults: Fault[];
  }
}
