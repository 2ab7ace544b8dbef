import { api, type Inputs } from '../api/sagemaker.ts';
import type { Actions, Service } from '../wire/operation.ts';
import { addTags } from './add-tags.ts';
import { createEndpoint } from './create-endpoint.ts';
import { createEndpointConfig } from './create-endpoint-config.ts';
import { createModel } from './create-model.ts';
import { createTrainingJob } from './create-training-job.ts';
import { createTransformJob } from './create-transform-job.ts';
import { deleteEndpoint } from './delete-endpoint.ts';
import { deleteEndpointConfig } from './delete-endpoint-config.ts';
import { deleteModel } from './delete-model.ts';
import { deleteTags } from './delete-tags.ts';
import { deleteTrainingJob } from './delete-training-job.ts';
import { describeEndpoint } from './describe-endpoint.ts';
import { describeEndpointConfig } from './describe-endpoint-config.ts';
import { describeModel } from './describe-model.ts';
import { describeTrainingJob } from './describe-training-job.ts';
import { describeTransformJob } from './describe-transform-job.ts';
import { listEndpointConfigs } from './list-endpoint-configs.ts';
import { listEndpoints } from './list-endpoints.ts';
import { listModels } from './list-models.ts';
import { listTags } from './list-tags.ts';
import { listTrainingJobs } from './list-training-jobs.ts';
import { listTransformJobs } from './list-transform-jobs.ts';
import { stopTrainingJob } from './stop-training-job.ts';
import { stopTransformJob } from './stop-transform-job.ts';
import { updateEndpoint } from './update-endpoint.ts';

/** An action that is not here does not exist: UnknownOperationException. Inputs are checked against the API before the action is called. */
const actions: Actions<Inputs> = {
  AddTags: addTags,
  CreateEndpoint: createEndpoint,
  CreateEndpointConfig: createEndpointConfig,
  CreateModel: createModel,
  CreateTrainingJob: createTrainingJob,
  CreateTransformJob: createTransformJob,
  DeleteEndpoint: deleteEndpoint,
  DeleteEndpointConfig: deleteEndpointConfig,
  DeleteModel: deleteModel,
  DeleteTags: deleteTags,
  DeleteTrainingJob: deleteTrainingJob,
  DescribeEndpoint: describeEndpoint,
  DescribeEndpointConfig: describeEndpointConfig,
  DescribeModel: describeModel,
  DescribeTrainingJob: describeTrainingJob,
  DescribeTransformJob: describeTransformJob,
  ListEndpointConfigs: listEndpointConfigs,
  ListEndpoints: listEndpoints,
  ListModels: listModels,
  ListTags: listTags,
  ListTrainingJobs: listTrainingJobs,
  ListTransformJobs: listTransformJobs,
  StopTrainingJob: stopTrainingJob,
  StopTransformJob: stopTransformJob,
  UpdateEndpoint: updateEndpoint,
};

/** SageMaker's control plane. */
export const sagemaker: Service = { name: 'SageMaker', api, actions, invalid: 'ValidationException' };
