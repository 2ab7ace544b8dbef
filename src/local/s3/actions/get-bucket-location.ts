import { xmlDocument } from '../../wire/xml.ts';
import type { S3Action } from '../s3-request.ts';
import { namespace } from '../xml-namespace.ts';

export const getBucketLocation: S3Action = ({ objects, bucket, region }) => {
  objects.keys(bucket);
  // us-east-1 has no location constraint.
  return { body: xmlDocument('LocationConstraint', region === 'us-east-1' ? '' : region, namespace) };
};
