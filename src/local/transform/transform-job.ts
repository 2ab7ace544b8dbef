import Type, { type Static } from 'typebox';
import { InstanceType, ModelName, Opaque, ResourceName, S3Uri, Tags, text } from '../wire/shapes.ts';

export const TransformJobRequest = Type.Object({
  TransformJobName: ResourceName,
  ModelName,
  MaxConcurrentTransforms: Type.Optional(Type.Integer({ minimum: 0 })),
  ModelClientConfig: Type.Optional(
    Type.Object({
      InvocationsTimeoutInSeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 3600 })),
      InvocationsMaxRetries: Type.Optional(Type.Integer({ minimum: 0, maximum: 3 })),
    }),
  ),
  MaxPayloadInMB: Type.Optional(Type.Integer({ minimum: 0 })),
  BatchStrategy: Type.Optional(Type.Enum(['MultiRecord', 'SingleRecord'])),
  Environment: Type.Optional(Type.Record(Type.String(), text(10240), { maxProperties: 16 })),
  TransformInput: Type.Object({
    DataSource: Type.Object({
      S3DataSource: Type.Object({
        S3DataType: Type.Enum(['ManifestFile', 'S3Prefix', 'AugmentedManifestFile', 'Converse']),
        S3Uri,
      }),
    }),
    ContentType: Type.Optional(text(256)),
    CompressionType: Type.Optional(Type.Enum(['None', 'Gzip'])),
    SplitType: Type.Optional(Type.Enum(['None', 'Line', 'RecordIO', 'TFRecord'])),
  }),
  TransformOutput: Type.Object({
    S3OutputPath: S3Uri,
    Accept: Type.Optional(text(256)),
    AssembleWith: Type.Optional(Type.Enum(['None', 'Line'])),
    KmsKeyId: Type.Optional(text(2048)),
  }),
  TransformResources: Type.Object({
    InstanceType,
    InstanceCount: Type.Integer({ minimum: 1 }),
    VolumeKmsKeyId: Type.Optional(text(2048)),
    TransformAmiVersion: Type.Optional(text(63)),
  }),
  DataCaptureConfig: Type.Optional(Opaque),
  DataProcessing: Type.Optional(
    Type.Object({
      InputFilter: Type.Optional(text(63)),
      OutputFilter: Type.Optional(text(63)),
      JoinSource: Type.Optional(Type.Enum(['Input', 'None'])),
    }),
  ),
  ExperimentConfig: Type.Optional(Opaque),
  Tags: Type.Optional(Tags),
});

/** A transform job as Describe gives it back, tags apart. Times in epoch seconds. */
export type TransformJob = Static<typeof TransformJobRequest> & {
  TransformJobArn: string;
  TransformJobStatus: 'InProgress' | 'Completed' | 'Failed' | 'Stopping' | 'Stopped';
  CreationTime: number;
  LastModifiedTime: number;
  TransformStartTime?: number;
  TransformEndTime?: number;
  FailureReason?: string;
};

export const isRunning = ({ TransformJobStatus: status }: TransformJob) =>
  status === 'InProgress' || status === 'Stopping';
