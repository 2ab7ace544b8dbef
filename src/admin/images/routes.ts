import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { problems } from '../../plugins/problem.ts';
import type { AdminContext } from '../context.ts';
import { listRoute, type Noun } from '../resource-routes.ts';
import { ref } from '../resource-schema.ts';
import { getImageRepository, listImageRepositories } from './repositories.ts';
import { ImageQuery, ImageRepository, ImageRepositoryPage, RegionQuery, RepositoryName } from './schema.ts';

const params = Type.Object({ repository: RepositoryName });
const tags = ['images'];
const noun: Noun = {
  path: '/images',
  operation: 'Image',
  one: 'a repository of images',
  many: 'repositories of images',
  tags,
  params,
};

const routes: FastifyPluginAsyncTypebox<AdminContext> = async (app, { aws }) => {
  listRoute(app, noun, {
    query: ImageQuery,
    page: ImageRepositoryPage,
    description:
      'Those of SageMaker’s built-in algorithms, and your own in ECR. When built-in ones were made is not known, so that filters by time leave them out.',
    list: (query: ImageQuery) => listImageRepositories(aws, query),
  });

  app.get(
    '/images/:repository',
    {
      schema: {
        operationId: 'getImageRepository',
        tags,
        summary: 'Show a repository with its images',
        description: 'Your own before a built-in one of the same name; with a region the built-in one.',
        params,
        querystring: RegionQuery,
        response: { 200: ref(ImageRepository, 'The repository.'), ...problems(400, 404, 429, 500, 502, 503) },
      },
    },
    (request) => getImageRepository(aws, request.params.repository, request.query.region),
  );
};
export default routes;
