import Type, { type Static } from 'typebox';
import { ModelName, Opaque, RoleArn, S3Uri, Tags, text, VpcConfig } from '../wire/shapes.ts';

export const ContainerDefinition = Type.Object({
  ContainerHostname: Type.Optional(text(63, '[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}')),
  Image: Type.Optional(text(255, '[\\S]+')),
  ImageConfig: Type.Optional(Opaque),
  Mode: Type.Optional(Type.Enum(['SingleModel', 'MultiModel'])),
  ModelDataUrl: Type.Optional(S3Uri),
  ModelDataSource: Type.Optional(
    Type.Object({
      S3DataSource: Type.Optional(
        Type.Object({
          S3Uri,
          S3DataType: Type.Enum(['S3Prefix', 'S3Object']),
          CompressionType: Type.Enum(['None', 'Gzip']),
        }),
      ),
    }),
  ),
  AdditionalModelDataSources: Type.Optional(Opaque),
  Environment: Type.Optional(Type.Record(Type.String(), text(1024), { maxProperties: 100 })),
  ModelPackageName: Type.Optional(text(176, undefined, 1)),
  InferenceSpecificationName: Type.Optional(text(63, undefined, 1)),
  MultiModelConfig: Type.Optional(Opaque),
});
export type ContainerDefinition = Static<typeof ContainerDefinition>;

export const ModelRequest = Type.Object({
  ModelName,
  PrimaryContainer: Type.Optional(ContainerDefinition),
  Containers: Type.Optional(Type.Array(ContainerDefinition, { maxItems: 15 })),
  InferenceExecutionConfig: Type.Optional(Type.Object({ Mode: Type.Enum(['Serial', 'Direct']) })),
  ExecutionRoleArn: Type.Optional(RoleArn),
  Tags: Type.Optional(Tags),
  VpcConfig: Type.Optional(VpcConfig),
  EnableNetworkIsolation: Type.Optional(Type.Boolean()),
});

/** A model as Describe gives it back, tags apart. */
export type Model = Static<typeof ModelRequest> & { ModelArn: string; CreationTime: number };

/** The container that answers requests. */
export const primaryContainer = (model: Model): ContainerDefinition =>
  model.PrimaryContainer ?? model.Containers?.[0] ?? {};

/** s3:// address of the container's model data, if it has any. */
export const modelDataUri = (container: ContainerDefinition): string | undefined =>
  container.ModelDataUrl ?? container.ModelDataSource?.S3DataSource?.S3Uri;
