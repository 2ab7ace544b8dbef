import Type, { type Static } from 'typebox';
import {
  InstanceType,
  ModelName,
  Opaque,
  ResourceName,
  RoleArn,
  S3Uri,
  Tags,
  text,
  VpcConfig,
} from '../wire/shapes.ts';

const ServerlessConfig = Type.Object({
  MemorySizeInMB: Type.Integer({ minimum: 1024, maximum: 6144 }),
  MaxConcurrency: Type.Integer({ minimum: 1, maximum: 200 }),
  ProvisionedConcurrency: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
});

export const ProductionVariant = Type.Object({
  VariantName: ResourceName,
  ModelName: Type.Optional(ModelName),
  InitialInstanceCount: Type.Optional(Type.Integer({ minimum: 1 })),
  InstanceType: Type.Optional(InstanceType),
  InitialVariantWeight: Type.Optional(Type.Number({ minimum: 0 })),
  AcceleratorType: Type.Optional(text(64)),
  CoreDumpConfig: Type.Optional(Opaque),
  ServerlessConfig: Type.Optional(ServerlessConfig),
  VolumeSizeInGB: Type.Optional(Type.Integer({ minimum: 1, maximum: 512 })),
  ModelDataDownloadTimeoutInSeconds: Type.Optional(Type.Integer({ minimum: 60, maximum: 3600 })),
  ContainerStartupHealthCheckTimeoutInSeconds: Type.Optional(Type.Integer({ minimum: 60, maximum: 3600 })),
  EnableSSMAccess: Type.Optional(Type.Boolean()),
  ManagedInstanceScaling: Type.Optional(Opaque),
  RoutingConfig: Type.Optional(Type.Object({ RoutingStrategy: Type.Enum(['LEAST_OUTSTANDING_REQUESTS', 'RANDOM']) })),
  InferenceAmiVersion: Type.Optional(text(64)),
});
export type ProductionVariant = Static<typeof ProductionVariant>;

const SnsTopic = text(2048, 'arn:aws[a-z\\-]*:sns:[a-z0-9\\-]*:[0-9]{12}:[a-zA-Z0-9_.-]*');

export const AsyncInferenceConfig = Type.Object({
  ClientConfig: Type.Optional(
    Type.Object({
      MaxConcurrentInvocationsPerInstance: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
    }),
  ),
  OutputConfig: Type.Object({
    KmsKeyId: Type.Optional(text(2048)),
    S3OutputPath: Type.Optional(S3Uri),
    S3FailurePath: Type.Optional(S3Uri),
    // Kept and given back; there is no SNS here.
    NotificationConfig: Type.Optional(
      Type.Object({
        SuccessTopic: Type.Optional(SnsTopic),
        ErrorTopic: Type.Optional(SnsTopic),
        IncludeInferenceResponseIn: Type.Optional(
          Type.Array(Type.Enum(['SUCCESS_NOTIFICATION_TOPIC', 'ERROR_NOTIFICATION_TOPIC']), { maxItems: 2 }),
        ),
      }),
    ),
  }),
});
export type AsyncInferenceConfig = Static<typeof AsyncInferenceConfig>;

export const EndpointConfigRequest = Type.Object({
  EndpointConfigName: ResourceName,
  ProductionVariants: Type.Array(ProductionVariant, { minItems: 1, maxItems: 10 }),
  DataCaptureConfig: Type.Optional(Opaque),
  Tags: Type.Optional(Tags),
  KmsKeyId: Type.Optional(text(2048, '[a-zA-Z0-9:/_-]*')),
  AsyncInferenceConfig: Type.Optional(AsyncInferenceConfig),
  ExplainerConfig: Type.Optional(Opaque),
  ShadowProductionVariants: Type.Optional(Type.Array(ProductionVariant, { minItems: 1, maxItems: 10 })),
  ExecutionRoleArn: Type.Optional(RoleArn),
  VpcConfig: Type.Optional(VpcConfig),
  EnableNetworkIsolation: Type.Optional(Type.Boolean()),
  MetricsConfig: Type.Optional(Opaque),
});

/** An endpoint configuration as Describe gives it back, tags apart. */
export type EndpointConfig = Static<typeof EndpointConfigRequest> & { EndpointConfigArn: string; CreationTime: number };
