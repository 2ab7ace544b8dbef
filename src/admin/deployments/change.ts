import { GatewayError } from '../../errors.ts';
import { changeVariants } from '../../sagemaker/endpoints.ts';
import { putScaling, removeScaling } from '../../sagemaker/scaling.ts';
import type { AdminContext } from '../context.ts';
import { invalidField } from '../invalid.ts';
import { describeDeployment, requireLive } from './read.ts';
import type { Deployment, DeploymentChange } from './schema.ts';
import { liveVariant, nextVariant } from './version.ts';

/** Changes what needs no new version: instances, shares of a split, scaling. */
export async function changeDeployment(
  context: AdminContext,
  name: string,
  { instanceCount, percent, scaling }: DeploymentChange,
): Promise<Deployment> {
  const { aws } = context;
  const { endpoint, manifest } = await requireLive(context, name);
  if (endpoint.status !== 'InService') {
    throw new GatewayError('conflict', `The deployment "${name}" is ${endpoint.status}, not InService.`);
  }
  if (percent !== undefined && !endpoint.variants?.some((variant) => variant.name === nextVariant)) {
    throw invalidField('/percent', 'can be given while a split holds only');
  }
  if (instanceCount !== undefined && manifest.serverless !== undefined) {
    throw invalidField('/instanceCount', 'cannot be given for a serverless deployment');
  }
  // Scaling first: SageMaker is Updating after the rest, and registers nothing then.
  if (scaling === null) await removeScaling(aws, name, liveVariant);
  else if (scaling !== undefined) {
    if (scaling.minInstances > scaling.maxInstances) {
      throw invalidField('/scaling/minInstances', 'is more than /scaling/maxInstances');
    }
    await putScaling(aws, name, liveVariant, scaling);
  }
  const changes = [
    {
      variant: liveVariant,
      ...(percent === undefined ? {} : { weight: 100 - percent }),
      ...(instanceCount === undefined ? {} : { instances: instanceCount }),
    },
    ...(percent === undefined ? [] : [{ variant: nextVariant, weight: percent }]),
  ];
  if (percent !== undefined || instanceCount !== undefined) await changeVariants(aws, name, changes);
  return describeDeployment(context, name);
}
