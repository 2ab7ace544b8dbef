import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { sagemakerArn } from '../arn.ts';
import { processingFolder } from '../processing/processing-job.ts';
import { AwsError, validationException } from '../wire/aws-error.ts';

type Request = Inputs['CreateProcessingJob'];

const oneDay = 24 * 60 * 60;

export const createProcessingJob = async (input: Request, account: Account) => {
  const { ProcessingJobName, ProcessingInputs = [], ProcessingOutputConfig } = input;
  const ProcessingJobArn = sagemakerArn(account, 'processing-job', ProcessingJobName);
  if (account.processingJobs.get(ProcessingJobName.toLowerCase())) {
    throw new AwsError(
      'ResourceInUse',
      `Job name must be unique within an AWS account and region, and a job with this name already exists (${ProcessingJobArn})`,
    );
  }
  const outputs = ProcessingOutputConfig?.Outputs ?? [];
  checkNames(ProcessingInputs.map(({ InputName }) => InputName));
  checkNames(outputs.map(({ OutputName }) => OutputName));
  for (const { InputName, S3Input, DatasetDefinition, AppManaged } of ProcessingInputs) {
    if (DatasetDefinition || !S3Input) throw unsupported(`${InputName}: an input other than an S3Input`);
    if (S3Input.S3InputMode === 'Pipe') throw unsupported(`${InputName}: S3InputMode Pipe`);
    if (!AppManaged) checkPath(InputName, S3Input.LocalPath);
  }
  for (const { OutputName, S3Output, AppManaged } of outputs) {
    if (!S3Output) throw unsupported(`${OutputName}: an output other than an S3Output`);
    if (!AppManaged) checkPath(OutputName, S3Output.LocalPath);
  }
  const StoppingCondition = input.StoppingCondition ?? { MaxRuntimeInSeconds: oneDay };
  await account.processing.start({ ...input, StoppingCondition }, ProcessingJobArn);
  return { ProcessingJobArn };
};

function checkNames(names: readonly string[]): void {
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw validationException(`The name "${twice}" is given to more than one input or output.`);
}

/** As documented of LocalPath. A path that climbs out would be one of this machine. */
function checkPath(name: string, path: string | undefined): void {
  const inside = path === processingFolder || path?.startsWith(`${processingFolder}/`);
  if (inside && !path?.split('/').includes('..')) return;
  throw validationException(`LocalPath of "${name}" must be an absolute path that begins with ${processingFolder}/.`);
}

const unsupported = (what: string) => validationException(`${what} is not supported by the embedded SageMaker.`);
