import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { ObjectStore } from '../s3/object-store.ts';
import { parseS3Uri } from '../s3/s3-uri.ts';
import type { Channel, TrainingJob } from './training-job.ts';

/** Lays out /opt/ml under `prefix` as the container finds it: configuration, the channels' data, and empty folders for what it makes. */
export async function stageInputs(job: TrainingJob, prefix: string, objects: ObjectStore): Promise<void> {
  const config = join(prefix, 'input/config');
  const folders = ['input/config', 'input/data', 'model', 'output/data', 'checkpoints'];
  await Promise.all(folders.map((folder) => mkdir(join(prefix, folder), { recursive: true })));
  const channels = job.InputDataConfig ?? [];
  await Promise.all([
    writeJson(join(config, 'hyperparameters.json'), job.HyperParameters ?? {}),
    writeJson(join(config, 'resourceconfig.json'), {
      current_host: 'algo-1',
      hosts: ['algo-1'],
      network_interface_name: 'eth0',
      current_instance_type: job.ResourceConfig.InstanceType,
    }),
    writeJson(
      join(config, 'inputdataconfig.json'),
      Object.fromEntries(channels.map((channel) => [channel.ChannelName, channelConfig(job, channel)])),
    ),
  ]);
  for (const channel of channels) await stageChannel(channel, join(prefix, 'input/data', channel.ChannelName), objects);
}

const writeJson = (path: string, value: object) => writeFile(path, JSON.stringify(value));

const channelConfig = (job: TrainingJob, channel: Channel) => ({
  TrainingInputMode: channel.InputMode ?? job.AlgorithmSpecification.TrainingInputMode,
  S3DistributionType: channel.DataSource.S3DataSource?.S3DataDistributionType ?? 'FullyReplicated',
  RecordWrapperType: channel.RecordWrapperType ?? 'None',
  ...(channel.ContentType !== undefined && { ContentType: channel.ContentType }),
});

async function stageChannel(channel: Channel, folder: string, objects: ObjectStore): Promise<void> {
  const source = channel.DataSource.S3DataSource;
  if (!source) return;
  await mkdir(folder, { recursive: true });
  const { bucket, key } = parseS3Uri(source.S3Uri);
  const files =
    source.S3DataType === 'S3Prefix' ? prefixFiles(objects, bucket, key) : await manifestFiles(objects, bucket, key);
  if (files.length === 0)
    throw new Error(`No S3 objects found under S3 URL "${source.S3Uri}" given in input data source.`);
  for (const file of files) {
    const path = join(folder, file.name);
    // A key may hold `..`; what it names must stay inside the channel.
    if (!path.startsWith(folder + sep))
      throw new Error(`S3 key "${file.key}" does not name a file inside the channel.`);
    await mkdir(dirname(path), { recursive: true });
    const body = objects.read(objects.get(file.bucket, file.key));
    const target = createWriteStream(path);
    await (channel.CompressionType === 'Gzip' ? pipeline(body, createGunzip(), target) : pipeline(body, target));
  }
}

interface InputFile {
  bucket: string;
  key: string;
  /** Path inside the channel. */
  name: string;
}

/** `data/train` matches data/train/a.csv and data/train.csv alike: names are what follows the last slash of the prefix. */
function prefixFiles(objects: ObjectStore, bucket: string, prefix: string): InputFile[] {
  const keys = [...objects.keys(bucket).withPrefix(prefix)].filter((key) => !key.endsWith('/'));
  const whole = keys.every((key) => key.startsWith(`${prefix}/`)) && !prefix.endsWith('/') && prefix !== '';
  const cut = whole ? prefix.length + 1 : prefix.lastIndexOf('/') + 1;
  return keys.map((key) => ({ bucket, key, name: key.slice(cut) }));
}

/** A manifest is `[{"prefix": "s3://bucket/some/"}, "relative/name", …]`. */
async function manifestFiles(objects: ObjectStore, bucket: string, key: string): Promise<InputFile[]> {
  const [head, ...names] = JSON.parse(await text(objects.read(objects.get(bucket, key)))) as [
    { prefix: string },
    ...string[],
  ];
  const from = parseS3Uri(head.prefix);
  return names.map((name) => ({ bucket: from.bucket, key: from.key + name, name }));
}
