import type { Config } from '../config/schema.ts';
import { GatewayError } from '../errors.ts';

/** The role that SageMaker works under. @throws GatewayError when none is configured */
export function requireRole({ aws }: Pick<Config, 'aws'>): string {
  if (aws.roleArn === undefined) {
    throw new GatewayError(
      'conflict',
      'SageMaker needs a role to train and to serve: start the gateway with SAGEMAKER_ROLE_ARN.',
    );
  }
  return aws.roleArn;
}
