import type { FastifyInstance } from 'fastify';
import type { Account } from '../account.ts';
import { AwsError } from '../wire/aws-error.ts';
import { parseFaults } from './fault.ts';

/** `/_local/endpoints/{name}/faults`: no path of AWS's, and no bucket can have the name. */
export async function faultRoutes(app: FastifyInstance, { account }: { account: Account }): Promise<void> {
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  app.setErrorHandler((error, _request, reply) =>
    error instanceof AwsError ? reply.code(error.status).send({ message: error.message }) : reply.send(error),
  );

  const path = '/_local/endpoints/:endpoint/faults';
  app.get<{ Params: { endpoint: string } }>(path, async ({ params }) => account.faults.get(params.endpoint));
  app.put<{ Params: { endpoint: string }; Body: string | undefined }>(path, async ({ params, body }) => {
    await account.faults.set(params.endpoint, parseFaults(body ?? ''));
    return account.faults.get(params.endpoint);
  });
  app.delete<{ Params: { endpoint: string } }>(path, async ({ params }, reply) => {
    await account.faults.set(params.endpoint, []);
    return reply.code(204).send();
  });
}
