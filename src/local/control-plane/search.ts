import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { matches, valuesAt } from '../search/matches.ts';
import { validationException } from '../wire/aws-error.ts';
import { describeTuningJob } from './describe-hyper-parameter-tuning-job.ts';
import { describeGroup } from './describe-model-package-group.ts';
import { describeTraining } from './describe-training-job.ts';
import { listPage } from './list-page.ts';

/** What can be searched: each resource as it is found, with its tags. */
const resources: Record<string, (account: Account) => object[]> = {
  TrainingJob: (account) => [...account.trainingJobs.values()].map((job) => describeTraining(job, account)),
  HyperParameterTuningJob: (account) =>
    [...account.tuningJobs.values()].map((job) => ({ ...describeTuningJob(job, account), ...tagsOf(job) })),
  ModelPackage: ({ modelPackages }) => [...modelPackages.values()],
  ModelPackageGroup: ({ modelPackageGroups }) =>
    [...modelPackageGroups.values()].map((group) => ({ ...describeGroup(group), ...tagsOf(group) })),
};

const tagsOf = ({ Tags }: { Tags?: unknown }) => (Tags === undefined ? {} : { Tags });

export const search = (input: Inputs['Search'], account: Account) => {
  const { Resource, SearchExpression = {}, SortBy = 'LastModifiedTime' } = input;
  const all = resources[Resource];
  if (!all) throw validationException(`Search over ${Resource} is not supported by the embedded SageMaker.`);
  const { page, ...next } = listPage(
    all(account).filter((each) => matches(each, SearchExpression)),
    (each) => {
      const [created, modified, value] = ['CreationTime', 'LastModifiedTime', SortBy].map(
        (name) => valuesAt(each, name)[0],
      );
      const time = Number(modified ?? created);
      const sorted = typeof value === 'number' || typeof value === 'string' ? value : time;
      return {
        name: String(valuesAt(each, `${Resource}Arn`)[0]),
        created: Number(created),
        modified: time,
        other: { [SortBy]: sorted },
      };
    },
    { ...input, SortBy },
  );
  return { Results: page.map((each) => ({ [Resource]: each })), ...next };
};
