import { Readable } from 'node:stream';
import type { Feature } from '../../config/feature.ts';
import type { Workspace } from '../../sagemaker/workspace.ts';
import { openTable } from '../datasets/table.ts';
import { invalidField } from '../invalid.ts';
import { planColumns, positions, requireSameColumns } from './column-plan.ts';
import { FeatureProfile } from './feature-profile.ts';
import { rearrange } from './rearrange.ts';
import type { NewTrainingJob } from './schema.ts';

/** Folder of all jobs: SageMaker adds `<job>/output/model.tar.gz` to it. */
export const trainingFolder = 'training/';
const inputFolder = (job: string): string => `${trainingFolder}${job}/input/`;
const featuresKey = (job: string): string => `${trainingFolder}${job}/features.json`;

/** What a job was taught to take, when its columns had names. The training jobs of a tuning job were all taught the same. */
export async function trainedFeatures(workspace: Workspace, job: string): Promise<Feature[] | undefined> {
  const own = await workspace.readJson<Feature[]>(featuresKey(job));
  const tuningJob = /^(.+)-\d{3,}-[0-9a-f]{8}$/.exec(job)?.[1];
  return own ?? (tuningJob === undefined ? undefined : workspace.readJson<Feature[]>(featuresKey(tuningJob)));
}

/** Removes what was prepared for a job. */
export async function discardInputs(workspace: Workspace, job: string): Promise<void> {
  await workspace.removeAll(inputFolder(job));
  await workspace.remove(featuresKey(job));
}

type InputOrder = Pick<NewTrainingJob, 'name' | 'inputs' | 'label' | 'dropColumns' | 'algorithm'>;

/** The channels of a job as s3:// URIs of what SageMaker can read, which is prepared where need be. */
export async function prepareInputs(workspace: Workspace, request: InputOrder): Promise<Record<string, string>> {
  const { name, inputs, label, dropColumns = [], algorithm } = request;
  const channels = Object.entries(inputs);
  if (label === undefined) {
    if (dropColumns.length > 0) throw invalidField('/dropColumns', 'needs /label');
    const uris = channels.map(async ([channel, reference]) => [channel, await asItIs(workspace, channel, reference)]);
    return Object.fromEntries(await Promise.all(uris)) as Record<string, string>;
  }

  const tables = await Promise.all(
    channels.map(async ([channel, reference]) => ({
      channel,
      table: await openTable(workspace, reference, `/inputs/${channel}`),
    })),
  );
  const train = tables.find(({ channel }) => channel === 'train')?.table;
  if (train === undefined) throw invalidField('/inputs/train', 'is missing');
  const plan = planColumns(train, label, dropColumns);
  // Without a header the names are made up, and none that a caller of the model would know.
  const profile = train.header ? new FeatureProfile(plan.features, train.categories, train.missing) : undefined;
  const prepared: Record<string, string> = {};
  for (const { channel, table } of tables) {
    requireSameColumns(train, table);
    const key = `${inputFolder(name)}${channel}/data.csv`;
    const rows = rearrange(table, {
      columns: positions(plan, table),
      numeric: algorithm === 'xgboost',
      pointer: `/inputs/${channel}`,
      profile: table === train ? profile : undefined,
    });
    await workspace.writeStream(key, Readable.from(rows), 'text/csv');
    prepared[channel] = await workspace.uri(key);
  }
  if (profile) await workspace.writeJson(featuresKey(name), profile.features());
  return prepared;
}

/** Rows that no label says how to rearrange; names above them would be taken for data. */
async function asItIs(workspace: Workspace, channel: string, reference: string): Promise<string> {
  if (reference.startsWith('s3://')) return reference;
  const { header, uri } = await openTable(workspace, reference, `/inputs/${channel}`);
  if (header)
    throw invalidField('/label', `is missing: the data set "${reference}" has a header, so name the column to learn`);
  return uri;
}
