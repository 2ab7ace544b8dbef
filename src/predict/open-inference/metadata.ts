import type { Feature } from '../../config/feature.ts';
import type { CallableModel } from '../model.ts';
import type { Datatype, ModelMetadata, TensorMetadata } from './schemas.ts';

const datatypeOf: Readonly<Record<NonNullable<Feature['type']>, Datatype>> = {
  number: 'FP64',
  integer: 'INT64',
  boolean: 'BOOL',
  category: 'BYTES',
};

/** One input for each feature; where they are not known, rows of any width. */
const inputsOf = ({ features }: CallableModel): TensorMetadata[] =>
  features?.map(({ name, type = 'number' }) => ({ name, datatype: datatypeOf[type], shape: [-1, 1] })) ?? [
    { name: 'predict', datatype: 'FP64', shape: [-1, -1] },
  ];

function outputsOf({ threshold, labels }: CallableModel): TensorMetadata[] {
  const scores = (shape: number[]): TensorMetadata => ({ name: 'scores', datatype: 'FP64', shape });
  const label: TensorMetadata = { name: 'labels', datatype: 'BYTES', shape: [-1] };
  if (threshold !== undefined) return [scores([-1]), label];
  // Labels without a threshold name classes, and the model gives a score for each.
  return labels === undefined ? [scores([-1])] : [scores([-1, labels.length]), label];
}

export const metadataOf = (model: CallableModel): ModelMetadata => ({
  name: model.name,
  versions: model.version === undefined ? [] : [model.version],
  platform: 'amazon-sagemaker',
  inputs: inputsOf(model),
  outputs: outputsOf(model),
});
