import Type, { type Static } from 'typebox';
import { ModelName, tutorialRow } from '../schemas.ts';

// Source: https://kserve.github.io/website/docs/concepts/architecture/data-plane/v2-protocol

export const datatypes = [
  'BOOL',
  'UINT8',
  'UINT16',
  'UINT32',
  'UINT64',
  'INT8',
  'INT16',
  'INT32',
  'INT64',
  'FP16',
  'FP32',
  'FP64',
  'BYTES',
] as const;
export type Datatype = (typeof datatypes)[number];

const parameters = (description: string) =>
  Type.Optional(
    Type.Record(Type.String(), Type.Unknown(), { description: `${description} All others are not heeded.` }),
  );

export const InferHeaders = Type.Object({
  'inference-header-content-length': Type.Optional(
    Type.Integer({
      minimum: 0,
      description: 'Length of the JSON, bytes, where binary data follows it (Triton’s extension for binary tensors).',
    }),
  ),
});

export const Tensor = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 512 }),
  shape: Type.Array(Type.Integer({ minimum: 0 }), { minItems: 1, maxItems: 8 }),
  datatype: Type.Enum([...datatypes]),
  parameters: parameters('`binary_data_size`: the elements are so many bytes behind the JSON, and there is no `data`.'),
  data: Type.Unsafe<unknown[]>({
    type: 'array',
    items: {},
    description: 'The elements in row-major order, flat or nested by dimension. null is a missing value.',
  }),
});
export type Tensor = Static<typeof Tensor>;

export const InferRequest = Type.Object(
  {
    id: Type.Optional(Type.String({ maxLength: 256, description: 'Comes back with the answer.' })),
    parameters: parameters('`binary_data_output`: all outputs are wanted as binary data.'),
    inputs: Type.Array(Tensor, {
      minItems: 1,
      description:
        'One tensor of shape [rows, columns], or one of shape [rows] or [rows, 1] for each feature, by its name.',
    }),
    outputs: Type.Optional(
      Type.Array(
        Type.Object({ name: Type.String(), parameters: parameters('`binary_data`: wanted as binary data.') }),
        {
          description: 'The outputs wanted; without it all.',
        },
      ),
    ),
  },
  {
    examples: [
      {
        inputs: [{ name: 'predict', shape: [1, 59], datatype: 'FP64', data: tutorialRow.split(',').map(Number) }],
      },
    ],
  },
);
export type InferRequest = Static<typeof InferRequest>;

const OutputTensor = Type.Object({
  name: Type.String(),
  shape: Type.Array(Type.Integer()),
  datatype: Type.Enum([...datatypes]),
  data: Type.Unsafe<(number | string)[]>({ type: 'array', items: { type: ['number', 'string'] } }),
});
export type OutputTensor = Static<typeof OutputTensor>;

export const InferResponse = Type.Object({
  model_name: Type.String(),
  model_version: Type.Optional(Type.String()),
  id: Type.Optional(Type.String()),
  outputs: Type.Array(OutputTensor, {
    description: '`scores` FP64 [rows] or [rows, classes]; `labels` BYTES [rows] where they are known.',
  }),
});
export type InferResponse = Static<typeof InferResponse>;

const TensorMetadata = Type.Object({
  name: Type.String(),
  datatype: Type.Enum([...datatypes]),
  shape: Type.Array(Type.Integer(), { description: '-1 where any number goes.' }),
});
export type TensorMetadata = Static<typeof TensorMetadata>;

export const ModelMetadata = Type.Object({
  name: Type.String(),
  versions: Type.Array(Type.String()),
  platform: Type.String(),
  inputs: Type.Array(TensorMetadata),
  outputs: Type.Array(TensorMetadata),
});
export type ModelMetadata = Static<typeof ModelMetadata>;

export const ServerMetadata = Type.Object({
  name: Type.String(),
  version: Type.String(),
  extensions: Type.Array(Type.String()),
});

export const ModelParams = Type.Object({ model: ModelName });
export const VersionParams = Type.Object({ model: ModelName, version: Type.String({ maxLength: 63 }) });

export const InferenceError = Type.Object(
  { error: Type.String() },
  { $id: 'InferenceError', description: 'An error of the Open Inference Protocol.' },
);

const descriptions: Readonly<Record<number, string>> = {
  400: 'The request is not valid.',
  404: 'There is no such model, or not in this version.',
  413: 'The body is over the limit.',
  429: 'SageMaker is throttling; see Retry-After.',
  500: 'The gateway failed.',
  502: 'The model or AWS answered with an error.',
  503: 'Not ready or unavailable; see Retry-After.',
  504: 'No answer in time.',
};

/** The error responses of a route by status, for its schema. */
export const inferenceErrors = (...statuses: readonly number[]) =>
  Object.fromEntries(
    statuses.map((status) => [
      status,
      {
        description: descriptions[status] ?? 'The request failed.',
        content: { 'application/json': { schema: { $ref: 'InferenceError#' } } },
      },
    ]),
  );
