import { DescribeEndpointCommand, type EndpointStatus } from '@aws-sdk/client-sagemaker';
import { GatewayError } from '../errors.ts';
import type { Aws } from './aws.ts';
import { sending } from './fault.ts';

export interface LiveEndpoint {
  readonly status: EndpointStatus;
  readonly configName: string;
  readonly failureReason?: string;
}

/** State of an endpoint; undefined when there is none. */
export async function describeLiveEndpoint(aws: Aws, name: string): Promise<LiveEndpoint | undefined> {
  try {
    const endpoint = await sending(aws.sagemaker.send(new DescribeEndpointCommand({ EndpointName: name })));
    return {
      status: endpoint.EndpointStatus ?? 'OutOfService',
      configName: endpoint.EndpointConfigName ?? '',
      ...(endpoint.FailureReason === undefined ? {} : { failureReason: endpoint.FailureReason }),
    };
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'not_found') return undefined;
    throw error;
  }
}
