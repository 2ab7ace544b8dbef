import Type, { type Static } from 'typebox';
import { epochSeconds } from '../clock.ts';
import { InstanceType, Opaque, ResourceName, RoleArn, S3Uri, Tags, text, VpcConfig } from '../wire/shapes.ts';

export const Channel = Type.Object({
  ChannelName: text(64, '[A-Za-z0-9\\.\\-_]+', 1),
  DataSource: Type.Object({
    S3DataSource: Type.Optional(
      Type.Object({
        S3DataType: Type.Enum(['ManifestFile', 'S3Prefix', 'AugmentedManifestFile', 'Converse']),
        S3Uri,
        S3DataDistributionType: Type.Optional(Type.Enum(['FullyReplicated', 'ShardedByS3Key'])),
      }),
    ),
    FileSystemDataSource: Type.Optional(Opaque),
  }),
  ContentType: Type.Optional(text(256)),
  CompressionType: Type.Optional(Type.Enum(['None', 'Gzip'])),
  RecordWrapperType: Type.Optional(Type.Enum(['None', 'RecordIO'])),
  InputMode: Type.Optional(Type.Enum(['Pipe', 'File', 'FastFile'])),
});
export type Channel = Static<typeof Channel>;

const MetricDefinition = Type.Object({ Name: text(255, '.+', 1), Regex: text(500, '.+', 1) });
export type MetricDefinition = Static<typeof MetricDefinition>;

export const TrainingJobRequest = Type.Object({
  TrainingJobName: ResourceName,
  HyperParameters: Type.Optional(Type.Record(Type.String(), text(2500), { maxProperties: 100 })),
  AlgorithmSpecification: Type.Object({
    TrainingImage: Type.Optional(text(255)),
    AlgorithmName: Type.Optional(text(170)),
    TrainingInputMode: Type.Enum(['Pipe', 'File', 'FastFile']),
    MetricDefinitions: Type.Optional(Type.Array(MetricDefinition, { maxItems: 40 })),
    EnableSageMakerMetricsTimeSeries: Type.Optional(Type.Boolean()),
    ContainerEntrypoint: Type.Optional(Type.Array(text(256), { minItems: 1, maxItems: 100 })),
    ContainerArguments: Type.Optional(Type.Array(text(256), { minItems: 1, maxItems: 100 })),
  }),
  RoleArn,
  InputDataConfig: Type.Optional(Type.Array(Channel, { minItems: 1, maxItems: 20 })),
  OutputDataConfig: Type.Object({
    KmsKeyId: Type.Optional(text(2048, '[a-zA-Z0-9:/_-]*')),
    S3OutputPath: S3Uri,
    CompressionType: Type.Optional(Type.Enum(['GZIP', 'NONE'])),
  }),
  ResourceConfig: Type.Object({
    InstanceType: Type.Optional(InstanceType),
    InstanceCount: Type.Optional(Type.Integer({ minimum: 0 })),
    VolumeSizeInGB: Type.Optional(Type.Integer({ minimum: 0 })),
    VolumeKmsKeyId: Type.Optional(text(2048, '[a-zA-Z0-9:/_-]*')),
    KeepAlivePeriodInSeconds: Type.Optional(Type.Integer({ minimum: 0, maximum: 21600 })),
    InstanceGroups: Type.Optional(Opaque),
  }),
  VpcConfig: Type.Optional(VpcConfig),
  StoppingCondition: Type.Optional(
    Type.Object({
      MaxRuntimeInSeconds: Type.Optional(Type.Integer({ minimum: 1 })),
      MaxWaitTimeInSeconds: Type.Optional(Type.Integer({ minimum: 1 })),
      MaxPendingTimeInSeconds: Type.Optional(Type.Integer({ minimum: 7200, maximum: 2419200 })),
    }),
  ),
  Tags: Type.Optional(Tags),
  EnableNetworkIsolation: Type.Optional(Type.Boolean()),
  EnableInterContainerTrafficEncryption: Type.Optional(Type.Boolean()),
  EnableManagedSpotTraining: Type.Optional(Type.Boolean()),
  CheckpointConfig: Type.Optional(Type.Object({ S3Uri, LocalPath: Type.Optional(text(4096)) })),
  DebugHookConfig: Type.Optional(Opaque),
  DebugRuleConfigurations: Type.Optional(Opaque),
  TensorBoardOutputConfig: Type.Optional(Opaque),
  ExperimentConfig: Type.Optional(Opaque),
  ProfilerConfig: Type.Optional(Opaque),
  ProfilerRuleConfigurations: Type.Optional(Opaque),
  Environment: Type.Optional(Type.Record(Type.String(), text(512), { maxProperties: 100 })),
  RetryStrategy: Type.Optional(Type.Object({ MaximumRetryAttempts: Type.Integer({ minimum: 1, maximum: 30 }) })),
  RemoteDebugConfig: Type.Optional(Opaque),
  InfraCheckConfig: Type.Optional(Opaque),
});

export type TrainingJobStatus = 'InProgress' | 'Completed' | 'Failed' | 'Stopping' | 'Stopped';
export type SecondaryStatus =
  | 'Starting'
  | 'Downloading'
  | 'Training'
  | 'Uploading'
  | 'Stopping'
  | 'Stopped'
  | 'MaxRuntimeExceeded'
  | 'Completed'
  | 'Failed';

export interface Transition {
  Status: SecondaryStatus;
  StartTime: number;
  EndTime?: number;
  StatusMessage: string;
}

export interface MetricData {
  MetricName: string;
  Value: number;
  Timestamp: number;
}

/** A training job as Describe gives it back, tags apart. Times in epoch seconds. */
export type TrainingJob = Static<typeof TrainingJobRequest> & {
  TrainingJobArn: string;
  TrainingJobStatus: TrainingJobStatus;
  SecondaryStatus: SecondaryStatus;
  SecondaryStatusTransitions: Transition[];
  ModelArtifacts: { S3ModelArtifacts: string };
  CreationTime: number;
  LastModifiedTime: number;
  FailureReason?: string;
  TrainingStartTime?: number;
  TrainingEndTime?: number;
  TrainingTimeInSeconds?: number;
  BillableTimeInSeconds?: number;
  FinalMetricDataList?: MetricData[];
};

export const isRunning = (job: TrainingJob) =>
  job.TrainingJobStatus === 'InProgress' || job.TrainingJobStatus === 'Stopping';

const ends: ReadonlySet<SecondaryStatus> = new Set(['Completed', 'Failed', 'Stopped', 'MaxRuntimeExceeded']);

/** The job one step on. A new message for the same status stays within its transition, as SageMaker does it; a last status ends at once. */
export function advance(job: TrainingJob, status: SecondaryStatus, message: string): TrainingJob {
  const now = epochSeconds();
  const past = job.SecondaryStatusTransitions;
  const current = past.at(-1);
  const transitions =
    current?.Status === status
      ? [...past.slice(0, -1), { ...current, StatusMessage: message }]
      : [
          ...past.slice(0, -1),
          ...(current ? [{ ...current, EndTime: now }] : []),
          { Status: status, StartTime: now, ...(ends.has(status) && { EndTime: now }), StatusMessage: message },
        ];
  return { ...job, SecondaryStatus: status, SecondaryStatusTransitions: transitions, LastModifiedTime: now };
}
