import Type, { type Static } from 'typebox';
import { modelSemantics } from '../config/model-settings.ts';

/** Row 0 of the UCI Bank Marketing data in the one-hot form of AWS's tutorial: the payload of its Lambda sample, 59 values. */
export const tutorialRow =
  '56,1,999,0,1,0,0,0,0,1,0,0,0,0,0,0,0,0,0,1,0,0,1,0,0,0,0,0,0,0,1,0,0,1,0,0,1,0,0,0,1,0,0,0,0,0,0,1,0,0,0,0,1,0,0,0,0,1,0';

// A list of types, not a union: AJV checks it in one step and names the one place that is wrong.
const cell = { type: ['number', 'string', 'boolean', 'null'] };

export type Cell = number | string | boolean | null;
export type Instance = Cell[] | Record<string, Cell>;

export const PredictBody = Type.Object(
  {
    data: Type.Optional(
      Type.String({ description: 'One or many rows of comma-separated values, as the Lambda took them.' }),
    ),
    instances: Type.Optional(
      Type.Unsafe<Instance[]>({
        type: 'array',
        minItems: 1,
        items: { type: ['array', 'object'], items: cell, additionalProperties: cell },
        description:
          'Rows as arrays in the order of the model, or as objects by feature name. null is a missing value.',
      }),
    ),
    columns: Type.Optional(
      Type.Unsafe<Record<string, Cell[]>>({
        type: 'object',
        minProperties: 1,
        additionalProperties: { type: 'array', minItems: 1, items: cell },
        description: 'The values of each feature, by its name: the first of each make the first row, and so on.',
      }),
    ),
  },
  {
    additionalProperties: false,
    minProperties: 1,
    maxProperties: 1,
    description: 'One of `data`, `instances` and `columns`.',
    examples: [{ data: tutorialRow }],
  },
);
export type PredictBody = Static<typeof PredictBody>;

export const Prediction = Type.Object({
  score: Type.Unsafe<number | number[]>({
    type: ['number', 'array'],
    items: { type: 'number' },
    description: 'What the model says of the row; one number for each class where it answers so.',
  }),
  label: Type.Optional(Type.String({ description: 'The class, where the model’s threshold or labels are known.' })),
});
export type Prediction = Static<typeof Prediction>;

export const Predictions = Type.Object(
  {
    model: Type.String(),
    predictions: Type.Array(Prediction, { description: 'One for each row, in the order of the request.' }),
  },
  { examples: [{ model: 'bank', predictions: [{ score: 0.0423, label: 'no' }] }] },
);
export type Predictions = Static<typeof Predictions>;

export const ModelName = Type.String({ maxLength: 63, pattern: '^[a-zA-Z0-9](-*[a-zA-Z0-9])*$', examples: ['bank'] });

export const Model = Type.Object({
  name: Type.String(),
  endpoint: Type.String({ description: 'SageMaker endpoint behind it.' }),
  version: Type.Optional(Type.String({ description: 'Version that is live, for a deployment of this gateway.' })),
  contentType: Type.String(),
  accept: Type.String(),
  ...modelSemantics,
  example: Type.Optional(
    Type.Unsafe<Record<string, Cell>>({
      type: 'object',
      additionalProperties: cell,
      description: 'A row of the training data by feature name; it can be predicted as it stands.',
    }),
  ),
});
export type Model = Static<typeof Model>;

export const ModelList = Type.Object({ items: Type.Array(Model) });
