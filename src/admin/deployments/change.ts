import { GatewayError } from '../../errors.ts';
import { putCopyScaling, removeCopyScaling } from '../../sagemaker/copy-scaling.ts';
import { changeVariants } from '../../sagemaker/endpoints.ts';
import { changeCopies } from '../../sagemaker/inference-components.ts';
import { instancesOf, putScaling, removeScaling } from '../../sagemaker/scaling.ts';
import type { AdminContext } from '../context.ts';
import { invalidField } from '../invalid.ts';
import { checkCopyScaling, copyTracking } from './component.ts';
import { instanceTracking } from './instance-scaling.ts';
import { describeDeployment, requireLive } from './read.ts';
import type { Deployment, DeploymentChange } from './schema.ts';
import { liveVariant, nextVariant } from './version.ts';

/** Changes what needs no new version: instances, copies, shares of a split, scaling. */
export async function changeDeployment(
  context: AdminContext,
  name: string,
  change: DeploymentChange,
): Promise<Deployment> {
  const { aws } = context;
  const { instanceCount, percent, scaling } = change;
  const { endpoint, manifest } = await requireLive(context, name);
  if (endpoint.status !== 'InService') {
    throw new GatewayError('conflict', `The deployment "${name}" is ${endpoint.status}, not InService.`);
  }
  if (manifest.inferenceComponent !== undefined) return changeComponent(context, name, change);
  if (change.inferenceComponent !== undefined) {
    throw invalidField('/inferenceComponent', 'can be given for a deployment that is hosted so only');
  }
  if (percent !== undefined && !endpoint.variants?.some((variant) => variant.name === nextVariant)) {
    throw invalidField('/percent', 'can be given while a split holds only');
  }
  if (instanceCount !== undefined && manifest.serverless !== undefined) {
    throw invalidField('/instanceCount', 'cannot be given for a serverless deployment');
  }
  // Scaling first: SageMaker is Updating after the rest, and registers nothing then.
  if (scaling === null) await removeScaling(aws, instancesOf(name, liveVariant));
  else if (scaling !== undefined) {
    if (scaling.minInstances > scaling.maxInstances) {
      throw invalidField('/scaling/minInstances', 'is more than /scaling/maxInstances');
    }
    await putScaling(aws, instancesOf(name, liveVariant), instanceTracking(scaling));
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

async function changeComponent(
  context: AdminContext,
  name: string,
  { inferenceComponent: { copies, scaling } = {}, ...others }: DeploymentChange,
): Promise<Deployment> {
  const { aws } = context;
  const [strange] = Object.keys(others);
  if (strange !== undefined) {
    throw invalidField(`/${strange}`, 'cannot be given for an inference component: give /inferenceComponent');
  }
  if (scaling) checkCopyScaling(scaling, '/inferenceComponent/scaling');
  // Scaling first, as of instances.
  if (scaling === null) await removeCopyScaling(aws, name);
  else if (scaling !== undefined) await putCopyScaling(aws, name, copyTracking(scaling));
  if (copies !== undefined) await changeCopies(aws, name, copies);
  return describeDeployment(context, name);
}
