import { api, type Inputs } from '../api/sagemaker.ts';
import type { Actions, Service } from '../wire/operation.ts';
import { addTags } from './add-tags.ts';
import { createEndpoint } from './create-endpoint.ts';
import { createEndpointConfig } from './create-endpoint-config.ts';
import { createHyperParameterTuningJob } from './create-hyper-parameter-tuning-job.ts';
import { createModel } from './create-model.ts';
import { createTrainingJob } from './create-training-job.ts';
import { createTransformJob } from './create-transform-job.ts';
import { deleteEndpoint } from './delete-endpoint.ts';
import { deleteEndpointConfig } from './delete-endpoint-config.ts';
import { deleteHyperParameterTuningJob } from './delete-hyper-parameter-tuning-job.ts';
import { deleteModel } from './delete-model.ts';
import { deleteTags } from './delete-tags.ts';
import { deleteTrainingJob } from './delete-training-job.ts';
import { describeEndpoint } from './describe-endpoint.ts';
import { describeEndpointConfig } from './describe-endpoint-config.ts';
import { describeHyperParameterTuningJob } from './describe-hyper-parameter-tuning-job.ts';
import { describeModel } from './describe-model.ts';
import { describeTrainingJob } from './describe-training-job.ts';
import { describeTransformJob } from './describe-transform-job.ts';
import { listEndpointConfigs } from './list-endpoint-configs.ts';
import { listEndpoints } from './list-endpoints.ts';
import { listHyperParameterTuningJobs } from './list-hyper-parameter-tuning-jobs.ts';
import { listModels } from './list-models.ts';
import { listTags } from './list-tags.ts';
import { listTrainingJobs } from './list-training-jobs.ts';
import { listTrainingJobsForHyperParameterTuningJob } from './list-training-jobs-for-hyper-parameter-tuning-job.ts';
import { listTransformJobs } from './list-transform-jobs.ts';
import { stopHyperParameterTuningJob } from './stop-hyper-parameter-tuning-job.ts';
import { stopTrainingJob } from './stop-training-job.ts';
import { stopTransformJob } from './stop-transform-job.ts';
import { updateEndpoint } from './update-endpoint.ts';

/** An action that is not here does not exist: UnknownOperationException. Inputs are checked against the API before the action is called. */
const actions: Actions<Inputs> = {
  AddTags: addTags,
  CreateEndpoint: createEndpoint,
  CreateEndpointConfig: createEndpointConfig,
  CreateHyperParameterTuningJob: createHyperParameterTuningJob,
  CreateModel: createModel,
  CreateTrainingJob: createTrainingJob,
  CreateTransformJob: createTransformJob,
  DeleteEndpoint: deleteEndpoint,
  DeleteEndpointConfig: deleteEndpointConfig,
  DeleteHyperParameterTuningJob: deleteHyperParameterTuningJob,
  DeleteModel: deleteModel,
  DeleteTags: deleteTags,
  DeleteTrainingJob: deleteTrainingJob,
  DescribeEndpoint: describeEndpoint,
  DescribeEndpointConfig: describeEndpointConfig,
  DescribeHyperParameterTuningJob: describeHyperParameterTuningJob,
  DescribeModel: describeModel,
  DescribeTrainingJob: describeTrainingJob,
  DescribeTransformJob: describeTransformJob,
  ListEndpointConfigs: listEndpointConfigs,
  ListEndpoints: listEndpoints,
  ListHyperParameterTuningJobs: listHyperParameterTuningJobs,
  ListModels: listModels,
  ListTags: listTags,
  ListTrainingJobs: listTrainingJobs,
  ListTrainingJobsForHyperParameterTuningJob: listTrainingJobsForHyperParameterTuningJob,
  ListTransformJobs: listTransformJobs,
  StopHyperParameterTuningJob: stopHyperParameterTuningJob,
  StopTrainingJob: stopTrainingJob,
  StopTransformJob: stopTransformJob,
  UpdateEndpoint: updateEndpoint,
};

/** SageMaker's control plane. */
export const sagemaker: Service = { name: 'SageMaker', api, actions, invalid: 'ValidationException' };
