import type { AsyncInferenceConfig, ContainerDefinition, Tag } from '../api/sagemaker.ts';

export interface VariantSummary {
  VariantName: string;
  DeployedImages: { SpecifiedImage: string; ResolvedImage: string; ResolutionTime: number }[];
  CurrentWeight: number;
  DesiredWeight: number;
  CurrentInstanceCount?: number;
  DesiredInstanceCount?: number;
  CurrentServerlessConfig?: unknown;
  DesiredServerlessConfig?: unknown;
}

/** What runs, or is to run: a copy of the configuration and its models, because those may be deleted while the endpoint serves. */
export interface DeploymentPlan {
  /** Names the folder that holds the unpacked models. */
  id: string;
  configName: string;
  variants: { name: string; weight: number; container: ContainerDefinition; summary: VariantSummary }[];
  asyncConfig?: AsyncInferenceConfig;
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
  LastDeploymentConfig?: object;
  /** What serves. Missing until the endpoint has first been in service. */
  serving?: DeploymentPlan;
  /** What is being started, by CreateEndpoint or UpdateEndpoint, and since when. */
  pending?: DeploymentPlan & { since: number };
  /** The configuration it was last told to have; what Describe shows of an endpoint that never came into service. */
  configName: string;
}
