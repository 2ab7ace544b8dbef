import type { Account } from '../account.ts';
import type { Inputs, ProductionVariant } from '../api/sagemaker.ts';
import { sagemakerArn } from '../arn.ts';
import { epochSeconds } from '../clock.ts';
import { validationException } from '../wire/aws-error.ts';
import { checkUnused, findModel } from './find.ts';

export const createEndpointConfig = async (input: Inputs['CreateEndpointConfig'], account: Account) => {
  const { EndpointConfigName, ProductionVariants, ShadowProductionVariants } = input;
  const key = EndpointConfigName.toLowerCase();
  checkUnused(
    account,
    account.endpointConfigs.get(key),
    'endpoint configuration',
    'endpoint-config',
    EndpointConfigName,
  );
  const variants = [...ProductionVariants, ...(ShadowProductionVariants ?? [])];
  if (new Set(variants.map(({ VariantName }) => VariantName)).size < variants.length) {
    throw validationException('The variant names must be unique within an endpoint configuration.');
  }
  if (ShadowProductionVariants && (ProductionVariants.length > 1 || ShadowProductionVariants.length > 1)) {
    throw validationException('A shadow test takes one production variant and one shadow variant.');
  }
  for (const variant of variants) checkVariant(variant);
  if (input.AsyncInferenceConfig) {
    if (variants.some(({ ServerlessConfig }) => ServerlessConfig)) {
      throw validationException('AsyncInferenceConfig cannot be specified with a serverless production variant.');
    }
    if (input.AsyncInferenceConfig.OutputConfig.S3OutputPath === undefined) {
      throw validationException('S3OutputPath must be specified in the OutputConfig of AsyncInferenceConfig.');
    }
  }
  const EndpointConfigArn = sagemakerArn(account, 'endpoint-config', EndpointConfigName);
  await account.endpointConfigs.set(key, {
    ...input,
    ProductionVariants: ProductionVariants.map(withWeight),
    ...(ShadowProductionVariants && { ShadowProductionVariants: ShadowProductionVariants.map(withWeight) }),
    EndpointConfigArn,
    CreationTime: epochSeconds(),
  });
  return { EndpointConfigArn };

  function checkVariant(variant: ProductionVariant): void {
    if (variant.ModelName !== undefined) {
      findModel(account, variant.ModelName);
    } else if (input.ExecutionRoleArn === undefined) {
      // Without a model a variant is for inference components, which run by the role of the configuration.
      throw validationException(`ModelName must be specified for production variant ${variant.VariantName}.`);
    }
    if (variant.ServerlessConfig ? variant.InstanceType !== undefined : variant.InstanceType === undefined) {
      throw validationException(
        `Either InstanceType or ServerlessConfig must be specified for production variant ${variant.VariantName}, not both.`,
      );
    }
    if (!variant.ServerlessConfig && variant.InitialInstanceCount === undefined) {
      throw validationException(
        `InitialInstanceCount must be specified for production variant ${variant.VariantName}.`,
      );
    }
  }
};

const withWeight = (variant: ProductionVariant): ProductionVariant => ({ InitialVariantWeight: 1, ...variant });
