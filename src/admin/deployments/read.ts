import { GatewayError } from '../../errors.ts';
import { manifestKey } from '../../predict/manifest.ts';
import { defined } from '../../sagemaker/defined.ts';
import { listEndpoints } from '../../sagemaker/endpoints.ts';
import { findHosted, type Hosted } from '../../sagemaker/hosted.ts';
import { copiesOf, findScaling, instancesOf } from '../../sagemaker/scaling.ts';
import type { AdminContext } from '../context.ts';
import type { Page } from '../paging.ts';
import { type ComponentSettings, copyScaling } from './component.ts';
import { hostingId } from './hosting-work.ts';
import { instanceScaling } from './instance-scaling.ts';
import { latestRollout } from './rollout-history.ts';
import { statusOf } from './rollout-work.ts';
import type { Deployment, DeploymentQuery } from './schema.ts';
import { liveVariant, nextVariant, type VersionManifest } from './version.ts';

/** Folder of the manifests, with a folder for each deployment. */
export const deploymentsFolder = 'deployments/';

/** A deployment in SageMaker and in S3. */
export interface LiveDeployment {
  readonly endpoint: Hosted;
  readonly manifest: VersionManifest;
  /** The version that has all calls, or those that no newer one has. */
  readonly version: string;
}

type ReadContext = Pick<AdminContext, 'aws' | 'workspace' | 'rollouts' | 'hostings'>;

/** What serves under a name; where a component could not even be made, with the reason. */
export async function findServing(
  { aws, hostings }: Pick<ReadContext, 'aws' | 'hostings'>,
  name: string,
): Promise<Hosted | undefined> {
  const hosted = await findHosted(aws, name);
  if (hosted?.hostsComponents !== true || hosted.status !== 'Creating') return hosted;
  const version = hosted.configName.slice(name.length + 1);
  const { state, reason } = (await hostings.store.find(hostingId(name, version))) ?? {};
  return state === 'Failed' ? { ...hosted, status: state, ...defined({ failureReason: reason }) } : hosted;
}

/** Undefined when there is no endpoint of the name, or one that is none of this gateway's. */
export async function findLive(
  context: Pick<ReadContext, 'aws' | 'workspace' | 'hostings'>,
  name: string,
): Promise<LiveDeployment | undefined> {
  const endpoint = await findServing(context, name);
  if (!endpoint?.configName.startsWith(`${name}-`)) return undefined;
  const version = endpoint.configName.slice(name.length + 1);
  const manifest = await context.workspace.readJson<VersionManifest>(manifestKey(name, version));
  return manifest && { endpoint, manifest, version: manifest.split?.live ?? version };
}

/** @throws GatewayError not_found */
export async function requireLive(context: ReadContext, name: string): Promise<LiveDeployment> {
  const live = await findLive(context, name);
  if (live === undefined) throw new GatewayError('not_found', `There is no deployment "${name}".`);
  return live;
}

function variantsOf({ endpoint, manifest, version }: LiveDeployment): NonNullable<Deployment['variants']> {
  const variants = endpoint.variants ?? [];
  const whole = variants.reduce((sum, { weight = 0 }) => sum + weight, 0);
  return variants.map(({ name, weight, instances }) => ({
    name,
    version: (name === nextVariant ? manifest.split?.next : undefined) ?? version,
    ...(weight === undefined || whole === 0 ? {} : { percent: (100 * weight) / whole }),
    ...defined({ instances }),
  }));
}

function componentOf(
  { endpoint: { component }, manifest: { name } }: LiveDeployment,
  { scaling: _, copies, ...needs }: ComponentSettings,
): NonNullable<Deployment['inferenceComponent']> {
  return { name, ...needs, copies: component?.copies ?? copies, currentCopies: component?.currentCopies ?? 0 };
}

async function findDeployment(context: ReadContext, name: string): Promise<Deployment | undefined> {
  const [live, latest] = await Promise.all([findLive(context, name), latestRollout(context, name)]);
  if (live === undefined) return undefined;
  const { endpoint, manifest, version } = live;
  const { split: _, inferenceComponent, ...settings } = manifest;
  const { status, failureReason, createdAt, updatedAt } = endpoint;
  return {
    ...settings,
    ...defined({ failureReason, createdAt, updatedAt, rollout: latest && statusOf(latest.work) }),
    ...(inferenceComponent && { inferenceComponent: componentOf(live, inferenceComponent) }),
    version,
    status,
    variants: variantsOf(live),
    url: `/predict/${name}`,
  };
}

/** @throws GatewayError not_found */
export async function getDeployment(context: ReadContext, name: string): Promise<Deployment> {
  const deployment = await findDeployment(context, name);
  if (deployment === undefined) throw new GatewayError('not_found', `There is no deployment "${name}".`);
  return deployment;
}

/** With how it scales, which another service of AWS knows. @throws GatewayError not_found */
export async function describeDeployment(context: ReadContext, name: string): Promise<Deployment> {
  const { aws } = context;
  const deployment = await getDeployment(context, name);
  const { inferenceComponent } = deployment;
  const target = inferenceComponent ? copiesOf(name) : instancesOf(name, liveVariant);
  const scaling = await findScaling(aws, target);
  if (scaling === undefined) return deployment;
  return inferenceComponent
    ? { ...deployment, inferenceComponent: { ...inferenceComponent, scaling: copyScaling(scaling) } }
    : { ...deployment, scaling: instanceScaling(scaling) };
}

/** Pages of SageMaker's list that are looked through for one of ours: what else is in the account may be much. */
const mostLooks = 20;

/** A page of the account's endpoints that are this gateway's. It may be short, or empty, though there are more. */
export async function listDeployments(context: AdminContext, query: DeploymentQuery): Promise<Page<Deployment>> {
  const ours = new Set(await context.workspace.listAll(deploymentsFolder, { folders: true }));
  const items: Deployment[] = [];
  let { nextToken } = query;
  for (let looks = 0; looks < mostLooks; looks += 1) {
    const limit = query.limit - items.length;
    const page = await listEndpoints(context.aws, {
      ...query,
      ...{ limit, ...(nextToken === undefined ? {} : { nextToken }) },
    });
    const names = page.items.map(({ name }) => name).filter((name) => ours.has(name));
    const found = await Promise.all(names.map((name) => findDeployment(context, name)));
    items.push(...found.filter((deployment) => deployment !== undefined));
    nextToken = page.nextToken;
    if (nextToken === undefined || items.length === query.limit) break;
  }
  return { items, ...(nextToken === undefined ? {} : { nextToken }) };
}

const passing = new Set(['Creating', 'Updating', 'SystemUpdating', 'RollingBack', 'Deleting']);

/** Whether SageMaker is changing it at the moment. */
export const isChanging = ({ status }: { readonly status: string }): boolean => passing.has(status);
