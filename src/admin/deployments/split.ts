import { manifestKey, versionedName } from '../../predict/manifest.ts';
import { createEndpointConfig, type VariantOrder } from '../../sagemaker/endpoint-configs.ts';
import { unlessThere } from '../../sagemaker/or-nothing.ts';
import type { AdminOptions } from '../context.ts';
import type { RolloutWork } from './rollout-work.ts';
import { configOf, nextVariant, type VersionManifest } from './version.ts';

/** Names what has both a version and the one before it in service; with it a name may have 63 characters. */
export const splitVersion = (version: string): string => `${version}-s`;
export const isSplit = (version: string): boolean => version.endsWith('-s');

/** Configuration and manifest of two versions beside each other. Rows are read and answered as the live one does it. */
export async function makeSplit(
  context: Pick<AdminOptions, 'aws' | 'workspace'>,
  { deployment, version, previous, order }: RolloutWork,
): Promise<void> {
  const { aws, workspace } = context;
  const read = (of: string) => workspace.readJson<VersionManifest>(manifestKey(deployment, of));
  const [live, next] = await Promise.all([read(previous), read(version)]);
  if (live === undefined || next === undefined) throw new Error(`A manifest of ${deployment} is gone`);
  const split: VersionManifest = { ...live, version: splitVersion(version), split: { live: previous, next: version } };
  await workspace.writeJson(manifestKey(deployment, split.version), split);

  const [ours, theirs] = await Promise.all([configOf(context, live), configOf(context, next)]);
  const variant = (of: typeof ours, name: string, weight: number): VariantOrder[] =>
    of.variants.map((only) => ({ ...only, name, weight }));
  const [shadow] = variant(theirs, nextVariant, order.percent);
  const beside =
    order.strategy === 'shadow'
      ? { variants: variant(ours, 'AllTraffic', 100), ...(shadow === undefined ? {} : { shadow }) }
      : {
          variants: [
            ...variant(ours, 'AllTraffic', 100 - order.percent),
            ...variant(theirs, nextVariant, order.percent),
          ],
        };
  await unlessThere(createEndpointConfig(aws, { ...ours, name: versionedName(deployment, split.version), ...beside }));
}
