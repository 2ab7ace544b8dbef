import type { ContainerDefinition, CreateModelInput } from '../api/sagemaker.ts';

/** A model as Describe gives it back, tags apart. */
export type Model = CreateModelInput & {
  ModelArn: string;
  CreationTime: number;
  /** The containers, when some of them were named by a model package. */
  resolved?: ContainerDefinition[];
};

/** The container that answers requests. */
export const primaryContainer = (model: Model): ContainerDefinition =>
  model.resolved?.[0] ?? model.PrimaryContainer ?? model.Containers?.[0] ?? {};

/** s3:// address of the container's model data, if it has any. */
export const modelDataUri = (container: ContainerDefinition): string | undefined =>
  container.ModelDataUrl ?? container.ModelDataSource?.S3DataSource?.S3Uri;
