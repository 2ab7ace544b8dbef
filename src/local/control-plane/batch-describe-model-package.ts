import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { registryKey } from '../model-registry/model-package.ts';
import { summarizePackage } from './list-model-packages.ts';

export const batchDescribeModelPackage = (input: Inputs['BatchDescribeModelPackage'], account: Account) => {
  const found = input.ModelPackageArnList.map((arn) => ({ arn, found: account.modelPackages.get(registryKey(arn)) }));
  const described = found.flatMap(({ arn, found: each }) =>
    each ? [[arn, { ...summarizePackage(each), InferenceSpecification: each.InferenceSpecification }]] : [],
  );
  const missing = found.flatMap(({ arn, found: each }) =>
    each ? [] : [[arn, { ErrorCode: 'ResourceNotFound', ErrorResponse: `ModelPackage ${arn} does not exist.` }]],
  );
  return {
    ModelPackageSummaries: Object.fromEntries(described) as object,
    BatchDescribeModelPackageErrorMap: Object.fromEntries(missing) as object,
  };
};
