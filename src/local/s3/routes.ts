import { abortMultipartUpload } from './actions/abort-multipart-upload.ts';
import { completeMultipartUpload } from './actions/complete-multipart-upload.ts';
import { copyObject } from './actions/copy-object.ts';
import { createBucket } from './actions/create-bucket.ts';
import { createMultipartUpload } from './actions/create-multipart-upload.ts';
import { deleteBucket } from './actions/delete-bucket.ts';
import { deleteObject } from './actions/delete-object.ts';
import { deleteObjects } from './actions/delete-objects.ts';
import { getBucketLocation } from './actions/get-bucket-location.ts';
import { getObject } from './actions/get-object.ts';
import { headBucket } from './actions/head-bucket.ts';
import { headObject } from './actions/head-object.ts';
import { listBuckets } from './actions/list-buckets.ts';
import { listObjects } from './actions/list-objects.ts';
import { listObjectsV2 } from './actions/list-objects-v2.ts';
import { listParts } from './actions/list-parts.ts';
import { putObject } from './actions/put-object.ts';
import { uploadPart } from './actions/upload-part.ts';
import { uploadPartCopy } from './actions/upload-part-copy.ts';
import { s3Error } from './s3-error.ts';
import type { S3Action, S3Request } from './s3-request.ts';

/** Method, level, and the subresource of the query (or the header) that tells apart what S3 put on one path. */
export const routes: Readonly<Record<string, S3Action>> = {
  'GET account': listBuckets,
  'PUT bucket': createBucket,
  'HEAD bucket': headBucket,
  'DELETE bucket': deleteBucket,
  'GET bucket': listObjects,
  'GET bucket list-type': listObjectsV2,
  'GET bucket location': getBucketLocation,
  'POST bucket delete': deleteObjects,
  'PUT object': putObject,
  'PUT object x-amz-copy-source': copyObject,
  'GET object': getObject,
  'HEAD object': headObject,
  'DELETE object': deleteObject,
  'POST object uploads': createMultipartUpload,
  'PUT object uploadId': uploadPart,
  'PUT object uploadId x-amz-copy-source': uploadPartCopy,
  'GET object uploadId': listParts,
  'POST object uploadId': completeMultipartUpload,
  'DELETE object uploadId': abortMultipartUpload,
};

/** Query parameters that make another operation of a request. One that is missing here would pass for the plain operation. */
const subresources = new Set(
  `accelerate acl analytics attributes cors delete encryption intelligent-tiering inventory legal-hold lifecycle list-type location
  logging metadataTable metrics notification object-lock ownershipControls policy policyStatus publicAccessBlock replication requestPayment
  restore retention select tagging torrent uploadId uploads versionId versioning versions website`.split(/\s+/),
);

/** The action that a request means. Throws NotImplemented for what S3 has and this server has not. */
export function routeS3({ method, bucket, key, query, headers }: S3Request): S3Action {
  const level = bucket === '' ? 'account' : key === '' ? 'bucket' : 'object';
  const subresource = [...query.keys()].find((name) => subresources.has(name));
  const copies = headers['x-amz-copy-source'] !== undefined;
  const discriminator = [subresource, copies ? 'x-amz-copy-source' : undefined].filter((each) => each !== undefined);
  const action = routes[[method, level, ...discriminator].join(' ')];
  if (action) return action;
  throw discriminator.length > 0 ? s3Error('NotImplemented') : s3Error('MethodNotAllowed', { Method: method });
}
