import { api, type Inputs } from '../api/sagemaker.ts';
import type { Actions, Service } from '../wire/operation.ts';
import { addTags } from './add-tags.ts';
import { batchDescribeModelPackage } from './batch-describe-model-package.ts';
import { createEndpoint } from './create-endpoint.ts';
import { createEndpointConfig } from './create-endpoint-config.ts';
import { createHyperParameterTuningJob } from './create-hyper-parameter-tuning-job.ts';
import { createImage } from './create-image.ts';
import { createImageVersion } from './create-image-version.ts';
import { createInferenceComponent } from './create-inference-component.ts';
import { createModel } from './create-model.ts';
import { createModelPackage } from './create-model-package.ts';
import { createModelPackageGroup } from './create-model-package-group.ts';
import { createNotebookInstance } from './create-notebook-instance.ts';
import { createNotebookInstanceLifecycleConfig } from './create-notebook-instance-lifecycle-config.ts';
import { createPresignedNotebookInstanceUrl } from './create-presigned-notebook-instance-url.ts';
import { createProcessingJob } from './create-processing-job.ts';
import { createTrainingJob } from './create-training-job.ts';
import { createTransformJob } from './create-transform-job.ts';
import { deleteEndpoint } from './delete-endpoint.ts';
import { deleteEndpointConfig } from './delete-endpoint-config.ts';
import { deleteHyperParameterTuningJob } from './delete-hyper-parameter-tuning-job.ts';
import { deleteImage } from './delete-image.ts';
import { deleteImageVersion } from './delete-image-version.ts';
import { deleteInferenceComponent } from './delete-inference-component.ts';
import { deleteModel } from './delete-model.ts';
import { deleteModelPackage } from './delete-model-package.ts';
import { deleteModelPackageGroup } from './delete-model-package-group.ts';
import { deleteNotebookInstance } from './delete-notebook-instance.ts';
import { deleteNotebookInstanceLifecycleConfig } from './delete-notebook-instance-lifecycle-config.ts';
import { deleteProcessingJob } from './delete-processing-job.ts';
import { deleteTags } from './delete-tags.ts';
import { deleteTrainingJob } from './delete-training-job.ts';
import { describeEndpoint } from './describe-endpoint.ts';
import { describeEndpointConfig } from './describe-endpoint-config.ts';
import { describeHyperParameterTuningJob } from './describe-hyper-parameter-tuning-job.ts';
import { describeImage } from './describe-image.ts';
import { describeImageVersion } from './describe-image-version.ts';
import { describeInferenceComponent } from './describe-inference-component.ts';
import { describeModel } from './describe-model.ts';
import { describeModelPackage } from './describe-model-package.ts';
import { describeModelPackageGroup } from './describe-model-package-group.ts';
import { describeNotebookInstance } from './describe-notebook-instance.ts';
import { describeNotebookInstanceLifecycleConfig } from './describe-notebook-instance-lifecycle-config.ts';
import { describeProcessingJob } from './describe-processing-job.ts';
import { describeTrainingJob } from './describe-training-job.ts';
import { describeTransformJob } from './describe-transform-job.ts';
import { getSearchSuggestions } from './get-search-suggestions.ts';
import { listAliases } from './list-aliases.ts';
import { listEndpointConfigs } from './list-endpoint-configs.ts';
import { listEndpoints } from './list-endpoints.ts';
import { listHyperParameterTuningJobs } from './list-hyper-parameter-tuning-jobs.ts';
import { listImageVersions } from './list-image-versions.ts';
import { listImages } from './list-images.ts';
import { listInferenceComponents } from './list-inference-components.ts';
import { listModelPackageGroups } from './list-model-package-groups.ts';
import { listModelPackages } from './list-model-packages.ts';
import { listModels } from './list-models.ts';
import { listNotebookInstanceLifecycleConfigs } from './list-notebook-instance-lifecycle-configs.ts';
import { listNotebookInstances } from './list-notebook-instances.ts';
import { listProcessingJobs } from './list-processing-jobs.ts';
import { listTags } from './list-tags.ts';
import { listTrainingJobs } from './list-training-jobs.ts';
import { listTrainingJobsForHyperParameterTuningJob } from './list-training-jobs-for-hyper-parameter-tuning-job.ts';
import { listTransformJobs } from './list-transform-jobs.ts';
import { search } from './search.ts';
import { startNotebookInstance } from './start-notebook-instance.ts';
import { stopHyperParameterTuningJob } from './stop-hyper-parameter-tuning-job.ts';
import { stopNotebookInstance } from './stop-notebook-instance.ts';
import { stopProcessingJob } from './stop-processing-job.ts';
import { stopTrainingJob } from './stop-training-job.ts';
import { stopTransformJob } from './stop-transform-job.ts';
import { updateEndpoint } from './update-endpoint.ts';
import { updateEndpointWeightsAndCapacities } from './update-endpoint-weights-and-capacities.ts';
import { updateImage } from './update-image.ts';
import { updateImageVersion } from './update-image-version.ts';
import { updateInferenceComponent, updateInferenceComponentRuntimeConfig } from './update-inference-component.ts';
import { updateModelPackage } from './update-model-package.ts';
import { updateNotebookInstance } from './update-notebook-instance.ts';
import { updateNotebookInstanceLifecycleConfig } from './update-notebook-instance-lifecycle-config.ts';

/** An action that is not here does not exist: UnknownOperationException. Inputs are checked against the API before the action is called. */
const actions: Actions<Inputs> = {
  AddTags: addTags,
  BatchDescribeModelPackage: batchDescribeModelPackage,
  CreateEndpoint: createEndpoint,
  CreateEndpointConfig: createEndpointConfig,
  CreateHyperParameterTuningJob: createHyperParameterTuningJob,
  CreateImage: createImage,
  CreateImageVersion: createImageVersion,
  CreateInferenceComponent: createInferenceComponent,
  CreateModel: createModel,
  CreateModelPackage: createModelPackage,
  CreateModelPackageGroup: createModelPackageGroup,
  CreateNotebookInstance: createNotebookInstance,
  CreateNotebookInstanceLifecycleConfig: createNotebookInstanceLifecycleConfig,
  CreatePresignedNotebookInstanceUrl: createPresignedNotebookInstanceUrl,
  CreateProcessingJob: createProcessingJob,
  CreateTrainingJob: createTrainingJob,
  CreateTransformJob: createTransformJob,
  DeleteEndpoint: deleteEndpoint,
  DeleteEndpointConfig: deleteEndpointConfig,
  DeleteHyperParameterTuningJob: deleteHyperParameterTuningJob,
  DeleteImage: deleteImage,
  DeleteImageVersion: deleteImageVersion,
  DeleteInferenceComponent: deleteInferenceComponent,
  DeleteModel: deleteModel,
  DeleteModelPackage: deleteModelPackage,
  DeleteModelPackageGroup: deleteModelPackageGroup,
  DeleteNotebookInstance: deleteNotebookInstance,
  DeleteNotebookInstanceLifecycleConfig: deleteNotebookInstanceLifecycleConfig,
  DeleteProcessingJob: deleteProcessingJob,
  DeleteTags: deleteTags,
  DeleteTrainingJob: deleteTrainingJob,
  DescribeEndpoint: describeEndpoint,
  DescribeEndpointConfig: describeEndpointConfig,
  DescribeHyperParameterTuningJob: describeHyperParameterTuningJob,
  DescribeImage: describeImage,
  DescribeImageVersion: describeImageVersion,
  DescribeInferenceComponent: describeInferenceComponent,
  DescribeModel: describeModel,
  DescribeModelPackage: describeModelPackage,
  DescribeModelPackageGroup: describeModelPackageGroup,
  DescribeNotebookInstance: describeNotebookInstance,
  DescribeNotebookInstanceLifecycleConfig: describeNotebookInstanceLifecycleConfig,
  DescribeProcessingJob: describeProcessingJob,
  DescribeTrainingJob: describeTrainingJob,
  DescribeTransformJob: describeTransformJob,
  GetSearchSuggestions: getSearchSuggestions,
  ListAliases: listAliases,
  ListEndpointConfigs: listEndpointConfigs,
  ListEndpoints: listEndpoints,
  ListHyperParameterTuningJobs: listHyperParameterTuningJobs,
  ListImageVersions: listImageVersions,
  ListImages: listImages,
  ListInferenceComponents: listInferenceComponents,
  ListModelPackageGroups: listModelPackageGroups,
  ListModelPackages: listModelPackages,
  ListModels: listModels,
  ListNotebookInstanceLifecycleConfigs: listNotebookInstanceLifecycleConfigs,
  ListNotebookInstances: listNotebookInstances,
  ListProcessingJobs: listProcessingJobs,
  ListTags: listTags,
  ListTrainingJobs: listTrainingJobs,
  ListTrainingJobsForHyperParameterTuningJob: listTrainingJobsForHyperParameterTuningJob,
  ListTransformJobs: listTransformJobs,
  Search: search,
  StartNotebookInstance: startNotebookInstance,
  StopHyperParameterTuningJob: stopHyperParameterTuningJob,
  StopNotebookInstance: stopNotebookInstance,
  StopProcessingJob: stopProcessingJob,
  StopTrainingJob: stopTrainingJob,
  StopTransformJob: stopTransformJob,
  UpdateEndpoint: updateEndpoint,
  UpdateEndpointWeightsAndCapacities: updateEndpointWeightsAndCapacities,
  UpdateImage: updateImage,
  UpdateImageVersion: updateImageVersion,
  UpdateInferenceComponent: updateInferenceComponent,
  UpdateInferenceComponentRuntimeConfig: updateInferenceComponentRuntimeConfig,
  UpdateModelPackage: updateModelPackage,
  UpdateNotebookInstance: updateNotebookInstance,
  UpdateNotebookInstanceLifecycleConfig: updateNotebookInstanceLifecycleConfig,
};

/** SageMaker's control plane. */
export const sagemaker: Service = { name: 'SageMaker', api, actions, invalid: 'ValidationException' };
