import type { CreateEndpointConfigInput } from '../api/sagemaker.ts';

/** An endpoint configuration as Describe gives it back, tags apart. */
export type EndpointConfig = CreateEndpointConfigInput & { EndpointConfigArn: string; CreationTime: number };
