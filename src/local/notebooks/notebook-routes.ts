import type { FastifyInstance } from 'fastify';
import type { Account } from '../account.ts';
import { openingPath } from './authorized-urls.ts';

export async function notebookRoutes(app: FastifyInstance, { account }: { account: Account }): Promise<void> {
  app.get<{ Params: { name: string }; Querystring: { authToken?: string } }>(
    openingPath(':name'),
    async ({ params, query }, reply) => {
      const { notebooks } = account;
      const server = notebooks.find(params.name);
      if (!server || !notebooks.urls.opens(query.authToken ?? '', params.name)) {
        return reply.code(403).type('text/plain').send('The URL has expired. Ask for a new one.');
      }
      return reply.redirect(`${server.url}/?token=${server.token}`);
    },
  );
}
