import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { sagemakerArn } from '../arn.ts';
import { epochSeconds } from '../clock.ts';
import { modelDataUri } from '../hosting/model.ts';
import { parseS3Uri } from '../s3/s3-uri.ts';
import { validationException } from '../wire/aws-error.ts';
import { checkUnused } from './find.ts';

export const createModel = async (input: Inputs['CreateModel'], account: Account) => {
  const key = input.ModelName.toLowerCase();
  checkUnused(account, account.models.get(key), 'model', 'model', input.ModelName);
  const containers = input.Containers ?? (input.PrimaryContainer ? [input.PrimaryContainer] : []);
  if (containers.length === 0 || (input.Containers && input.PrimaryContainer)) {
    throw validationException('You must provide either PrimaryContainer or Containers.');
  }
  for (const container of containers) {
    if (container.Image === undefined && container.ModelPackageName === undefined) {
      throw validationException('Container definition must have an Image or a ModelPackageName.');
    }
    const uri = modelDataUri(container);
    if (uri !== undefined) checkModelData(uri);
  }
  const ModelArn = sagemakerArn(account, 'model', input.ModelName);
  await account.models.set(key, { ...input, ModelArn, CreationTime: epochSeconds() });
  return { ModelArn };

  function checkModelData(uri: string): void {
    const { bucket, key: prefix } = parseS3Uri(uri);
    const found = account.objects.buckets.get(bucket) && !account.objects.keys(bucket).withPrefix(prefix).next().done;
    if (!found) throw validationException(`Could not find model data at ${uri}.`);
  }
};
