import Type, { type Static } from 'typebox';
import { Feature } from './feature.ts';
import { trafficSettings } from './traffic.ts';

/** What the gateway knows of a deployed model beside where it runs: how its numbers are named, read and answered. */
export const modelSemantics = {
  features: Type.Optional(
    Type.Array(Feature, {
      minItems: 1,
      description: 'Input in the order of the model; makes named instances possible and columns checked.',
    }),
  ),
  strictRanges: Type.Optional(
    Type.Boolean({ description: 'Refuse values outside `min` and `max` of their feature. Without it they are taken.' }),
  ),
  threshold: Type.Optional(Type.Number({ description: 'A score at or above it gets the second label.' })),
  labels: Type.Optional(
    Type.Array(Type.String({ minLength: 1 }), {
      minItems: 2,
      description: 'Class names; for a threshold [below, at or above].',
    }),
  ),
  response: Type.Optional(
    Type.Enum(['json', 'lambda', 'model'], {
      description:
        'Answer to who asks for no other type: scores and labels (without it); `lambda`, what the Lambda of the AWS tutorial returned, the bare JSON value of the model’s body; `model`, its body as it is.',
    }),
  ),
};

/** An entry of `models` in gateway.yaml. */
export const ModelSettings = Type.Object(
  {
    endpoint: Type.String({
      pattern: '^[a-zA-Z0-9](-*[a-zA-Z0-9])*$',
      maxLength: 63,
      description: 'SageMaker endpoint name.',
    }),
    variant: Type.Optional(
      Type.String({
        maxLength: 63,
        description: 'Production variant to call; without it SageMaker chooses by weight.',
      }),
    ),
    targetModel: Type.Optional(
      Type.String({ maxLength: 1024, description: 'Model archive on a multi-model endpoint.' }),
    ),
    asyncEndpoint: Type.Optional(
      Type.String({
        pattern: '^[a-zA-Z0-9](-*[a-zA-Z0-9])*$',
        maxLength: 63,
        description:
          'Asynchronous SageMaker endpoint of the same model, for callers who prefer so and for bodies over the limit of real time.',
      }),
    ),
    inferenceComponent: Type.Optional(Type.String({ maxLength: 63, description: 'Inference component to call.' })),
    contentType: Type.String({
      default: 'text/csv',
      maxLength: 1024,
      description: 'Type in which rows are sent to the model.',
    }),
    rowForm: Type.Optional(
      Type.Enum(['array', 'object', 'features'], {
        description:
          'A row in a model’s JSON or JSON lines: `[1, 2]` (without it), `{"height": 1, "weight": 2}`, or `{"features": [1, 2]}` as SageMaker’s own algorithms take it.',
      }),
    ),
    accept: Type.String({ default: 'text/csv', maxLength: 1024, description: 'Type asked of the model.' }),
    ...trafficSettings,
    ...modelSemantics,
  },
  { additionalProperties: false },
);
export type ModelSettings = Static<typeof ModelSettings>;
