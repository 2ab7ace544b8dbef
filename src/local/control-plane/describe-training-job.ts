import Type from 'typebox';
import { operation } from '../wire/operation.ts';
import { ResourceName } from '../wire/shapes.ts';
import { findTrainingJob } from './find.ts';
import { withoutTags } from './without-tags.ts';

export const describeTrainingJob = operation(Type.Object({ TrainingJobName: ResourceName }), (input, account) => {
  const job = findTrainingJob(account, input.TrainingJobName);
  const metrics = account.training.liveMetrics(job.TrainingJobName) ?? job.FinalMetricDataList;
  return {
    EnableNetworkIsolation: false,
    EnableInterContainerTrafficEncryption: false,
    EnableManagedSpotTraining: false,
    ...withoutTags(job),
    ...(metrics?.length && { FinalMetricDataList: metrics }),
  };
});
