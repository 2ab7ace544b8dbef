import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { findTrainingJob } from './find.ts';
import { withoutTags } from './without-tags.ts';

export const describeTrainingJob = (input: Inputs['DescribeTrainingJob'], account: Account) => {
  const job = findTrainingJob(account, input.TrainingJobName);
  const metrics = account.training.liveMetrics(job.TrainingJobName) ?? job.FinalMetricDataList;
  return {
    EnableNetworkIsolation: false,
    EnableInterContainerTrafficEncryption: false,
    EnableManagedSpotTraining: false,
    ...withoutTags(job),
    ...(metrics?.length && { FinalMetricDataList: metrics }),
  };
};
