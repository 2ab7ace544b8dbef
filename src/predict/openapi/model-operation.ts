import { exampleOf } from '../../config/feature.ts';
import { writeRows } from '../codecs/write-rows.ts';
import { flatten } from '../features/flatten.ts';
import { type Layout, layoutOf } from '../features/layout.ts';
import { instancePlace } from '../features/row-place.ts';
import { formatOf } from '../media-type.ts';
import type { CallableModel } from '../model.ts';
import { RowFaults } from '../row-faults.ts';
import { columnsSchema, instanceSchema, type JsonSchema } from './feature-schema.ts';

/** What is used of an operation of an OpenAPI document. */
export interface Operation {
  readonly parameters?: readonly { readonly name?: string }[];
  readonly [field: string]: unknown;
}

type MediaType = { readonly schema: JsonSchema; readonly examples?: JsonSchema };

const withExample = (schema: JsonSchema, value: unknown): MediaType => ({
  schema,
  ...(value === undefined ? {} : { examples: { row: { summary: 'A row of the training data', value } } }),
});

/** The bodies of a model whose features are known, each with a row that can be predicted as it stands. */
function rowBodies(layout: Layout): Record<string, MediaType> {
  const { features, columns, strictRanges } = layout;
  const example = exampleOf(features);
  const csv = example && writeRows([flatten(example, layout, instancePlace(0), new RowFaults())], 'csv').toString();
  const width = columns.length;
  const array: JsonSchema = {
    type: 'array',
    description: `A row as the ${width} columns of the model, in order.`,
    minItems: width,
    maxItems: width,
    items: { type: ['number', 'string', 'boolean', 'null'] },
  };
  const json: JsonSchema = {
    type: 'object',
    description: 'One of `instances`, `columns` and `data`.',
    properties: {
      instances: { type: 'array', minItems: 1, items: { anyOf: [instanceSchema(features, strictRanges), array] } },
      columns: columnsSchema(features, strictRanges),
      data: {
        type: 'string',
        description: `Rows of ${width} comma-separated values.`,
        ...(csv ? { examples: [csv] } : {}),
      },
    },
    additionalProperties: false,
    minProperties: 1,
    maxProperties: 1,
  };
  const text = { type: 'string' };
  return {
    'application/json': withExample(json, example && { instances: [example] }),
    'text/csv': withExample({ ...text, description: `Rows of ${width} values without a header.` }, csv),
    'application/jsonlines': withExample(
      { ...text, description: 'A row a line, as an array or as an object by feature name.' },
      example && JSON.stringify(example),
    ),
  };
}

/** The bodies that a model takes; undefined for those that every model takes. */
function bodiesOf(model: CallableModel): Record<string, MediaType> | undefined {
  const layout = layoutOf(model);
  if (layout !== undefined) return rowBodies(layout);
  if (formatOf(model.contentType) !== undefined) return undefined;
  return { [model.contentType]: { schema: { description: 'Goes to the model byte for byte.' } } };
}

/** POST /predict/{model} for one model: the operation for any model, with what is known of this one. */
export function modelOperation(anyModel: Operation, model: CallableModel): Operation {
  const content = bodiesOf(model);
  return {
    ...anyModel,
    operationId: `predict_${model.name}`,
    summary: `Predict with ${model.name}`,
    parameters: anyModel.parameters?.filter(({ name }) => name !== 'model') ?? [],
    ...(content === undefined ? {} : { requestBody: { required: true, content } }),
  };
}
