import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Channel } from '../api/sagemaker.ts';
import { downloadFiles } from '../s3/download-files.ts';
import type { ObjectStore } from '../s3/object-store.ts';
import type { TrainingJob } from './training-job.ts';

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
      current_instance_type: job.ResourceConfig?.InstanceType,
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
  TrainingInputMode: channel.InputMode ?? job.AlgorithmSpecification?.TrainingInputMode,
  S3DistributionType: channel.DataSource.S3DataSource?.S3DataDistributionType ?? 'FullyReplicated',
  RecordWrapperType: channel.RecordWrapperType ?? 'None',
  ...(channel.ContentType !== undefined && { ContentType: channel.ContentType }),
});

async function stageChannel(channel: Channel, folder: string, objects: ObjectStore): Promise<void> {
  const source = channel.DataSource.S3DataSource;
  if (source) await downloadFiles(objects, source, folder, channel.CompressionType);
}
