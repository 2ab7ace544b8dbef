import Type from 'typebox';
import { operation } from '../wire/operation.ts';
import { ResourceName } from '../wire/shapes.ts';
import { findTransformJob } from './find.ts';
import { withoutTags } from './without-tags.ts';

export const describeTransformJob = operation(Type.Object({ TransformJobName: ResourceName }), (input, account) =>
  withoutTags(findTransformJob(account, input.TransformJobName)),
);
