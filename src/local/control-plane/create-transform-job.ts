import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { sagemakerArn } from '../arn.ts';
import { dataProcessing, isProcessable } from '../transform/data-processing.ts';
import { AwsError, validationException } from '../wire/aws-error.ts';
import { findModel } from './find.ts';

export const createTransformJob = async (input: Inputs['CreateTransformJob'], account: Account) => {
  const { TransformJobName, DataProcessing, TransformInput, MaxPayloadInMB = 6 } = input;
  const TransformJobArn = sagemakerArn(account, 'transform-job', TransformJobName);
  if (account.transformJobs.get(TransformJobName.toLowerCase())) {
    throw new AwsError(
      'ResourceInUse',
      `Job name must be unique within an AWS account and region, and a job with this name already exists (${TransformJobArn})`,
    );
  }
  const model = findModel(account, input.ModelName);
  const { ContentType = '' } = TransformInput;
  if (MaxPayloadInMB > 100) throw validationException('MaxPayloadInMB must not be greater than 100.');
  if (MaxPayloadInMB * (input.MaxConcurrentTransforms ?? 1) > 100 && (input.MaxConcurrentTransforms ?? 1) > 1) {
    throw validationException('The product of MaxConcurrentTransforms and MaxPayloadInMB must not exceed 100 MB.');
  }
  if (DataProcessing) {
    if (!isProcessable(ContentType)) {
      throw validationException(
        'DataProcessing is supported for content types text/csv, application/json and application/jsonlines only.',
      );
    }
    checkFilters(DataProcessing, ContentType);
  }
  await account.transforms.start(input, TransformJobArn, model);
  return { TransformJobArn };
};

function checkFilters(filters: Parameters<typeof dataProcessing>[0], contentType: string): void {
  try {
    dataProcessing(filters, contentType);
  } catch (error) {
    throw validationException((error as Error).message);
  }
}
