import { createHash, randomUUID } from 'node:crypto';
import type { ProductionVariant } from '../api/sagemaker.ts';
import { epochSeconds } from '../clock.ts';
import type { Table } from '../store/table.ts';
import { validationException } from '../wire/aws-error.ts';
import type { DeploymentPlan, VariantSummary } from './endpoint.ts';
import type { EndpointConfig } from './endpoint-config.ts';
import { type Model, primaryContainer } from './model.ts';

/** Everything an endpoint needs of its configuration and models. Throws ValidationException when one of the models is gone. */
export function planDeployment(config: EndpointConfig, models: Table<Model>): DeploymentPlan {
  const variants = config.ProductionVariants.map((variant) => {
    const model = models.get(variant.ModelName?.toLowerCase() ?? '');
    if (!model) throw validationException(`Could not find model "${variant.ModelName}".`);
    const container = primaryContainer(model);
    const weight = variant.InitialVariantWeight ?? 1;
    return { name: variant.VariantName, weight, container, summary: summarize(variant, weight, container.Image) };
  });
  return {
    id: randomUUID(),
    configName: config.EndpointConfigName,
    variants,
    ...(config.AsyncInferenceConfig && { asyncConfig: config.AsyncInferenceConfig }),
  };
}

function summarize(variant: ProductionVariant, weight: number, image = ''): VariantSummary {
  const { VariantName, InitialInstanceCount, ServerlessConfig, RoutingConfig } = variant;
  const digest = createHash('sha256').update(image).digest('hex');
  return {
    VariantName,
    DeployedImages: [
      {
        SpecifiedImage: image,
        ResolvedImage: `${image.replace(/:[^:/]*$/, '')}@sha256:${digest}`,
        ResolutionTime: epochSeconds(),
      },
    ],
    CurrentWeight: weight,
    DesiredWeight: weight,
    ...(ServerlessConfig
      ? { CurrentInstanceCount: 0, DesiredInstanceCount: 0, CurrentServerlessConfig: ServerlessConfig }
      : { CurrentInstanceCount: InitialInstanceCount ?? 1, DesiredInstanceCount: InitialInstanceCount ?? 1 }),
    ...(RoutingConfig && { RoutingConfig }),
  };
}
