import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hostPath } from '../containers/host-path.ts';
import { downloadFiles } from '../s3/download-files.ts';
import type { ObjectStore } from '../s3/object-store.ts';
import type { ProcessingJob } from './processing-job.ts';

/** Lays out /opt/ml under `prefix` as a processing container finds it: configuration, inputs, and empty folders for its outputs. */
export async function stageProcessing(job: ProcessingJob, prefix: string, objects: ObjectStore): Promise<void> {
  const { ProcessingInputs = [], ProcessingOutputConfig } = job;
  const outputs = (ProcessingOutputConfig?.Outputs ?? []).flatMap(({ S3Output }) => S3Output?.LocalPath ?? []);
  const folders = [join(prefix, 'config'), join(prefix, 'output'), join(prefix, 'processing')];
  await Promise.all(
    [...folders, ...outputs.map((path) => hostPath(path, prefix))].map((folder) => mkdir(folder, { recursive: true })),
  );
  await writeFile(join(prefix, 'config/processingjobconfig.json'), JSON.stringify(configOf(job)));
  // One process stands in for however many instances were asked for.
  const resources = { current_host: 'algo-1', hosts: ['algo-1'] };
  await writeFile(join(prefix, 'config/resourceconfig.json'), JSON.stringify(resources));
  for (const { S3Input, AppManaged } of ProcessingInputs) {
    if (!S3Input?.LocalPath || AppManaged) continue;
    await downloadFiles(objects, S3Input, hostPath(S3Input.LocalPath, prefix), S3Input.S3CompressionType);
  }
}

/** As documented: what CreateProcessingJob was told, with the ARN. */
const configOf = (job: ProcessingJob) => ({
  ProcessingJobArn: job.ProcessingJobArn,
  ProcessingJobName: job.ProcessingJobName,
  AppSpecification: job.AppSpecification,
  Environment: job.Environment ?? {},
  ProcessingInputs: job.ProcessingInputs ?? [],
  ProcessingOutputConfig: job.ProcessingOutputConfig ?? { Outputs: [] },
  ProcessingResources: job.ProcessingResources,
  NetworkConfig: job.NetworkConfig,
  RoleArn: job.RoleArn,
  StoppingCondition: job.StoppingCondition,
});
