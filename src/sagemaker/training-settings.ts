import type { HyperParameterTrainingJobDefinition, TrainingInstanceType } from '@aws-sdk/client-sagemaker';

/** What a training job may be told beside its data and hyperparameters. */
export interface TrainingOptions {
  /** Spare capacity, cheaper, that AWS may take back. */
  readonly spot?: { readonly maxWaitSeconds: number };
  readonly vpc?: { readonly subnets: string[]; readonly securityGroups: string[] };
  /** Encrypts the instances' volumes. */
  readonly volumeKmsKey?: string;
  /** Encrypts the model in S3. */
  readonly outputKmsKey?: string;
  readonly networkIsolation?: boolean;
  readonly encryptTraffic?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
  readonly metricDefinitions?: readonly { readonly name: string; readonly regex: string }[];
}

/** What a training job and the training jobs of a tuning job are told alike. */
export interface TrainingSettings extends TrainingOptions {
  readonly image: string;
  readonly roleArn: string;
  /** Channel → s3:// URI of CSV. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly outputUri: string;
  readonly instanceType: string;
  readonly instanceCount: number;
  readonly volumeSizeGB: number;
  readonly maxRuntimeSeconds: number;
}

export const trainingSettings = (settings: TrainingSettings) =>
  ({
    AlgorithmSpecification: {
      TrainingImage: settings.image,
      TrainingInputMode: 'File',
      MetricDefinitions: settings.metricDefinitions?.map(({ name, regex }) => ({ Name: name, Regex: regex })),
    },
    RoleArn: settings.roleArn,
    InputDataConfig: Object.entries(settings.inputs).map(([channel, uri]) => ({
      ChannelName: channel,
      ContentType: 'text/csv',
      DataSource: {
        S3DataSource: { S3DataType: 'S3Prefix', S3Uri: uri, S3DataDistributionType: 'FullyReplicated' },
      },
    })),
    OutputDataConfig: { S3OutputPath: settings.outputUri, KmsKeyId: settings.outputKmsKey },
    ResourceConfig: {
      InstanceType: settings.instanceType as TrainingInstanceType,
      InstanceCount: settings.instanceCount,
      VolumeSizeInGB: settings.volumeSizeGB,
      VolumeKmsKeyId: settings.volumeKmsKey,
    },
    StoppingCondition: {
      MaxRuntimeInSeconds: settings.maxRuntimeSeconds,
      MaxWaitTimeInSeconds: settings.spot?.maxWaitSeconds,
    },
    EnableManagedSpotTraining: settings.spot && true,
    VpcConfig: settings.vpc && { Subnets: settings.vpc.subnets, SecurityGroupIds: settings.vpc.securityGroups },
    EnableNetworkIsolation: settings.networkIsolation,
    EnableInterContainerTrafficEncryption: settings.encryptTraffic,
    Environment: settings.environment,
  }) satisfies HyperParameterTrainingJobDefinition;
