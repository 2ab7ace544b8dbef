import { createHash, randomUUID } from 'node:crypto';
import type { ContainerDefinition, DataCaptureConfig, ProductionVariant } from '../api/sagemaker.ts';
import { epochSeconds } from '../clock.ts';
import type { Table } from '../store/table.ts';
import { validationException } from '../wire/aws-error.ts';
import type { DeploymentPlan, PlannedVariant, VariantSummary } from './endpoint.ts';
import type { EndpointConfig } from './endpoint-config.ts';
import { type Model, primaryContainer } from './model.ts';

/** Properties of the variants that an update keeps, by the name of the variant. */
export interface Retained {
  variants: readonly PlannedVariant[];
  instanceCounts: boolean;
  weights: boolean;
  captureConfig?: DataCaptureConfig;
}

/** Everything an endpoint needs of its configuration and models. Throws ValidationException when one of the models is gone. */
export function planDeployment(config: EndpointConfig, models: Table<Model>, retained?: Retained): DeploymentPlan {
  const planned = (variant: ProductionVariant): PlannedVariant => {
    const container = containerOf(variant, models);
    return {
      name: variant.VariantName,
      container,
      ...(variant.InstanceType !== undefined && { instanceType: variant.InstanceType }),
      summary: retain(summarize(variant, container.Image), retained),
    };
  };
  const { ShadowProductionVariants: shadows, DataCaptureConfig: own } = config;
  const captureConfig = retained?.captureConfig ?? (own?.EnableCapture === false ? undefined : own);
  return {
    id: randomUUID(),
    configName: config.EndpointConfigName,
    variants: config.ProductionVariants.map(planned),
    ...(shadows && { shadows: shadows.map(planned) }),
    ...(captureConfig && { captureConfig }),
    ...(config.AsyncInferenceConfig && { asyncConfig: config.AsyncInferenceConfig }),
  };
}

/** Nothing in it where a variant is there for inference components. */
function containerOf({ ModelName }: ProductionVariant, models: Table<Model>): ContainerDefinition {
  if (ModelName === undefined) return {};
  const model = models.get(ModelName.toLowerCase());
  if (!model) throw validationException(`Could not find model "${ModelName}".`);
  return primaryContainer(model);
}

function retain(summary: VariantSummary, retained: Retained | undefined): VariantSummary {
  const before = retained?.variants.find(({ name }) => name === summary.VariantName)?.summary;
  if (!retained || !before) return summary;
  const { DesiredInstanceCount, DesiredWeight } = before;
  return {
    ...summary,
    ...(retained.weights && { CurrentWeight: DesiredWeight, DesiredWeight }),
    ...(retained.instanceCounts &&
      DesiredInstanceCount !== undefined &&
      summary.DesiredInstanceCount !== undefined && {
        CurrentInstanceCount: DesiredInstanceCount,
        DesiredInstanceCount,
      }),
  };
}

/** Instances of all variants. */
export const instanceCount = ({ variants }: DeploymentPlan): number =>
  variants.reduce((sum, { summary }) => sum + (summary.DesiredInstanceCount ?? 0), 0);

function summarize(variant: ProductionVariant, image = ''): VariantSummary {
  const weight = variant.InitialVariantWeight ?? 1;
  const { VariantName, InitialInstanceCount, ServerlessConfig, RoutingConfig, ManagedInstanceScaling } = variant;
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
    ...(ManagedInstanceScaling && { ManagedInstanceScaling }),
    ...(RoutingConfig && { RoutingConfig }),
  };
}
