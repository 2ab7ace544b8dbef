import helmet from '@fastify/helmet';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { stringify } from 'yaml';
import type { Models } from '../predict/models.ts';
import { recentModels } from '../predict/openapi/recent-models.ts';
import { type OpenapiDocument, withModels } from '../predict/openapi/with-models.ts';

// Anchors would be right too, and unreadable.
const yaml = (document: OpenapiDocument): string => stringify(document, { aliasDuplicateObjects: false });

/** Each field of Swagger UI's dialog for credentials takes the focus as it appears, which leaves it with the last: the first is where one begins. */
const focusFirstField = `new MutationObserver((changes) => {
  for (const node of changes.flatMap(({ addedNodes }) => [...addedNodes])) {
    const dialog = node instanceof Element && (node.matches('.dialog-ux') ? node : node.querySelector('.dialog-ux'));
    if (dialog) dialog.querySelector('input')?.focus();
  }
}).observe(document.body, { childList: true, subtree: true });
`;

/** The OpenAPI document at /openapi.json and /openapi.yaml, and Swagger UI at /docs, with the models that the reader may call. */
export default fp<{ readonly models: Models }>(
  async (app: FastifyInstance, { models }) => {
    const list = recentModels(models, app.log);

    async function documentFor(request: FastifyRequest): Promise<OpenapiDocument> {
      const callable = (await list()).filter(({ name }) => app.mayPredict(request, name));
      return withModels(app.swagger() as OpenapiDocument, callable);
    }

    // In a scope of their own, since helmet adds its hooks to every route that it can see.
    await app.register(async (pages) => {
      await pages.register(helmet, { contentSecurityPolicy: false });
      await pages.register(swaggerUi, {
        routePrefix: '/docs',
        staticCSP: true,
        // Extensions: what each operation needs of AWS.
        uiConfig: { tryItOutEnabled: true, displayRequestDuration: true, showExtensions: true },
        theme: { js: [{ filename: 'focus.js', content: focusFirstField }] },
        uiHooks: {
          // Swagger UI reads its document here, and its own route for it knows static ones only.
          preHandler: async (request, reply) => {
            if (request.routeOptions.url === '/docs/json') return reply.send(await documentFor(request));
            if (request.routeOptions.url === '/docs/yaml')
              return reply.type('application/yaml').send(yaml(await documentFor(request)));
          },
        },
      });
    });
    app.get('/openapi.json', { schema: { hide: true } }, (request) => documentFor(request));
    app.get('/openapi.yaml', { schema: { hide: true } }, async (request, reply) =>
      reply.type('application/yaml').send(yaml(await documentFor(request))),
    );
  },
  { name: 'openapi-routes', dependencies: ['openapi', 'auth'] },
);
