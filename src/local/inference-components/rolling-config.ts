import type { DeploymentConfig, InferenceComponentDeploymentConfig } from '../api/sagemaker.ts';

/** The update of a component as that of an endpoint would be ordered, copies being its instances. */
export function rollingConfig({
  RollingUpdatePolicy,
  ...rest
}: InferenceComponentDeploymentConfig): DeploymentConfig & Required<Pick<DeploymentConfig, 'RollingUpdatePolicy'>> {
  const { MaximumBatchSize, RollbackMaximumBatchSize: _, ...policy } = RollingUpdatePolicy;
  const Type = MaximumBatchSize.Type === 'COPY_COUNT' ? 'INSTANCE_COUNT' : MaximumBatchSize.Type;
  return { ...rest, RollingUpdatePolicy: { ...policy, MaximumBatchSize: { ...MaximumBatchSize, Type } } };
}
