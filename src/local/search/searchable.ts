import type { Account } from '../account.ts';
import { describeEndpointOf } from '../control-plane/describe-endpoint.ts';
import { describeTuningJob } from '../control-plane/describe-hyper-parameter-tuning-job.ts';
import { describeModelOf } from '../control-plane/describe-model.ts';
import { describeGroup } from '../control-plane/describe-model-package-group.ts';
import { describeTraining } from '../control-plane/describe-training-job.ts';
import { validationException } from '../wire/aws-error.ts';

/** One resource: its properties by which it is found and sorted, tags among them, and what a search shows of it. */
export interface Searchable {
  properties: object;
  shown: object;
}

const plain = (properties: object): Searchable => ({ properties, shown: properties });
const tagsOf = ({ Tags }: { Tags?: unknown }) => (Tags === undefined ? {} : { Tags });

const kinds: Record<string, (account: Account) => Searchable[]> = {
  TrainingJob: (account) => [...account.trainingJobs.values()].map((job) => plain(describeTraining(job, account))),
  HyperParameterTuningJob: (account) =>
    [...account.tuningJobs.values()].map((job) => plain({ ...describeTuningJob(job, account), ...tagsOf(job) })),
  Endpoint: ({ endpoints, inferenceComponents }) =>
    [...endpoints.values()].map((endpoint) =>
      plain({ ...describeEndpointOf(endpoint, inferenceComponents.values()), ...tagsOf(endpoint) }),
    ),
  Model: searchableModels,
  ModelPackage: ({ modelPackages }) => [...modelPackages.values()].map(plain),
  ModelPackageGroup: ({ modelPackageGroups }) =>
    [...modelPackageGroups.values()].map((group) => plain({ ...describeGroup(group), ...tagsOf(group) })),
};

/** Every resource of a kind. @throws AwsError ValidationException for a kind that cannot be searched here */
export function searchable(kind: string, account: Account): Searchable[] {
  const all = kinds[kind];
  if (all) return all(account);
  throw validationException(`Search over ${kind} is not supported by the embedded SageMaker.`);
}

/** Of models the model dashboard is shown: the model, and the endpoints that serve it. */
function searchableModels({ models, endpoints, endpointConfigs }: Account): Searchable[] {
  const serving = [...endpoints.values()].map((endpoint) => {
    const config = endpointConfigs.get((endpoint.serving?.configName ?? endpoint.configName).toLowerCase());
    const { EndpointName, EndpointArn, CreationTime, LastModifiedTime, EndpointStatus } = endpoint;
    return {
      models: new Set(config?.ProductionVariants.map(({ ModelName }) => ModelName?.toLowerCase())),
      summary: { EndpointName, EndpointArn, CreationTime, LastModifiedTime, EndpointStatus },
    };
  });
  return [...models.values()].map((model) => {
    const Model = { ...describeModelOf(model), ...tagsOf(model) };
    const key = model.ModelName.toLowerCase();
    const Endpoints = serving.filter((each) => each.models.has(key)).map(({ summary }) => summary);
    const shown = { Model, Endpoints };
    return { properties: { ...Model, ...shown }, shown };
  });
}
