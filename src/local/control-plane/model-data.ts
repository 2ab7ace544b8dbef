import type { Account } from '../account.ts';
import { parseS3Uri } from '../s3/s3-uri.ts';
import { validationException } from '../wire/aws-error.ts';

/** SageMaker looks for model data before it takes a model that names some. */
export function checkModelData(account: Account, uri: string | undefined): void {
  if (uri === undefined) return;
  const { bucket, key: prefix } = parseS3Uri(uri);
  const found = account.objects.buckets.get(bucket) && !account.objects.keys(bucket).withPrefix(prefix).next().done;
  if (!found) throw validationException(`Could not find model data at ${uri}.`);
}
