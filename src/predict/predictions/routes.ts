import type { FastifyPluginAsync } from 'fastify';
import Type from 'typebox';
import { requireModel } from '../../plugins/auth.ts';
import { toProblem } from '../../plugins/errors.ts';
import { problems } from '../../plugins/problem.ts';
import { typesAsked } from '../accept.ts';
import { answerOf } from './answer.ts';
import type { AsyncPredictions } from './predictions.ts';
import { AcceptedPrediction, AsyncPrediction, PredictionId } from './schemas.ts';

interface PredictionOptions {
  readonly predictions: AsyncPredictions;
  /** Longest answer that is put into another form, bytes. */
  readonly longest: number;
}

const response = {
  200: {
    description:
      'It is done, or it failed. With another Accept type a prediction that is done is the bytes of the model.',
    content: {
      'application/json': { schema: AsyncPrediction },
      '*/*': { schema: Type.Unsafe<Buffer>({ description: 'What the model answered.' }) },
    },
  },
  202: {
    description: 'It is waiting or at the model; see Retry-After.',
    headers: { 'retry-after': Type.Integer({ description: 'Seconds.' }) },
    content: { 'application/json': { schema: AcceptedPrediction } },
  },
  ...problems(400, 404, 406, 500, 502, 503, 504),
};

const routes: FastifyPluginAsync<PredictionOptions> = async (app, { predictions, longest }) => {
  app.get<{ Params: { id: string } }>(
    '/predictions/:id',
    {
      schema: {
        operationId: 'getPrediction',
        tags: ['predict'],
        summary: 'Fetch a prediction that was accepted for later',
        params: Type.Object({ id: PredictionId }),
        response,
      },
    },
    async (request, reply) => {
      const record = await predictions.find(request.params.id);
      const { id, createdAt } = record;
      const model = record.model.name;
      requireModel(request, model);
      const outcome = await predictions.outcomeOf(record);
      if (outcome.status === 'pending') {
        return reply.code(202).header('retry-after', '1').send({ id, status: 'pending', model });
      }
      if (outcome.status === 'failed') {
        return reply.send({ id, status: 'failed', model, createdAt, problem: toProblem(outcome.error, request.id) });
      }
      const types = typesAsked(request.headers.accept);
      const { contentType, body, predictions: rows } = await answerOf(record, outcome.output, types, longest);
      if (rows) return reply.send({ id, status: 'done', model, createdAt, predictions: rows.predictions });
      return reply.type(contentType).send(body);
    },
  );
};
export default routes;
