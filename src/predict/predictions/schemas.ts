import Type, { type Static } from 'typebox';
import { Prediction } from '../schemas.ts';

export const PredictionId = Type.String({
  pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
  description: 'As the answer to the request named it. Who knows it can fetch the prediction.',
});

export const AcceptedPrediction = Type.Object({
  id: PredictionId,
  status: Type.Enum(['pending']),
  model: Type.String(),
});
export type AcceptedPrediction = Static<typeof AcceptedPrediction>;

export const AsyncPrediction = Type.Object({
  id: PredictionId,
  status: Type.Enum(['done', 'failed']),
  model: Type.String(),
  createdAt: Type.String({ format: 'date-time' }),
  predictions: Type.Optional(
    Type.Array(Prediction, { description: 'When done: one for each row, in the order of the request.' }),
  ),
  problem: Type.Optional(
    Type.Unsafe<object>({ $ref: 'Problem#', description: 'When failed: what the synchronous answer would have been.' }),
  ),
});

/** The answer to a request that was accepted for later. */
export const acceptedResponse = {
  202: {
    description: 'Accepted; the prediction is to be fetched from Location.',
    headers: {
      location: Type.String({ description: 'Path of the prediction.' }),
      'preference-applied': Type.String({ description: '`respond-async`, where the caller preferred so.' }),
    },
    content: { 'application/json': { schema: AcceptedPrediction } },
  },
};
