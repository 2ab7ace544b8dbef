import type {
  AsyncInferenceConfig,
  ContainerDefinition,
  DataCaptureConfig,
  DeploymentConfig,
  ProductionVariantManagedInstanceScaling,
  ProductionVariantServerlessConfig,
  Tag,
} from '../api/sagemaker.ts';

export interface VariantSummary {
  VariantName: string;
  DeployedImages: { SpecifiedImage: string; ResolvedImage: string; ResolutionTime: number }[];
  CurrentWeight: number;
  DesiredWeight: number;
  CurrentInstanceCount?: number;
  DesiredInstanceCount?: number;
  CurrentServerlessConfig?: ProductionVariantServerlessConfig;
  DesiredServerlessConfig?: ProductionVariantServerlessConfig;
  ManagedInstanceScaling?: ProductionVariantManagedInstanceScaling;
}

export interface PlannedVariant {
  name: string;
  container: ContainerDefinition;
  instanceType?: string;
  /** Its CurrentWeight is the weight by which it gets traffic. */
  summary: VariantSummary;
}

/** What runs, or is to run: a copy of the configuration and its models, because those may be deleted while the endpoint serves. */
export interface DeploymentPlan {
  /** Names the folder that holds the unpacked models. */
  id: string;
  configName: string;
  variants: PlannedVariant[];
  /** Get copies of the requests. */
  shadows?: PlannedVariant[];
  asyncConfig?: AsyncInferenceConfig;
  /** Where captures are on. */
  captureConfig?: DataCaptureConfig;
}

/** How far an update has come. Times in epoch seconds. */
export interface RolloutProgress {
  /** Of the whole update. */
  since: number;
  stage: 'Creating' | 'ActivatingTraffic' | 'Baking';
  /** Index into the steps of the schedule, -1 before the first, and since when. */
  step: number;
  stepSince: number;
  /** Of the traffic, 0 to 1, in that step. */
  share: number;
}

/** What is being started, by CreateEndpoint or UpdateEndpoint. */
export interface PendingDeployment extends DeploymentPlan {
  policy?: DeploymentConfig;
  progress: RolloutProgress;
}

/** An endpoint as it is stored: what Describe says is made of this by `describeEndpoint`. Times in epoch seconds. */
export interface Endpoint {
  EndpointName: string;
  EndpointArn: string;
  EndpointStatus: string;
  FailureReason?: string;
  CreationTime: number;
  LastModifiedTime: number;
  Tags?: readonly Tag[];
  LastDeploymentConfig?: DeploymentConfig;
  /** What serves. Missing until the endpoint has first been in service. */
  serving?: DeploymentPlan;
  pending?: PendingDeployment;
  /** The configuration it was last told to have; what Describe shows of an endpoint that never came into service. */
  configName: string;
}
