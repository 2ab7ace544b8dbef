import Type, { type Static } from 'typebox';
import { Feature } from '../../config/feature.ts';
import { ModelSettings, modelSemantics } from '../../config/model-settings.ts';
import { pageOf } from '../paging.ts';
import { defaulted, instanceCount, instanceType, ref, sageMakerName } from '../resource-schema.ts';

export const DeploymentName = sageMakerName({
  // A version is added to it in the names of model and endpoint configuration: 63 characters in all.
  maxLength: 44,
  description: 'Name of the deployment, its endpoint, and the model at /predict/{name}.',
  examples: ['example'],
});

const { features: _ordered, ...semantics } = modelSemantics;
const { contentType, accept, rowForm } = ModelSettings.properties;

export const NewDeployment = Type.Object(
  {
    name: DeploymentName,
    trainingJob: Type.Optional(
      sageMakerName({ description: 'A completed training job. Or give `modelArtifacts` and `image`.' }),
    ),
    modelArtifacts: Type.Optional(
      Type.String({
        pattern: '^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/.+$',
        description: 's3:// URI of a model.tar.gz.',
      }),
    ),
    image: Type.Optional(Type.String({ minLength: 1, maxLength: 255, description: 'Serving image in ECR.' })),
    instanceType: instanceType('ml.m5.large'),
    instanceCount,
    features: Type.Optional(
      Type.Array(Type.Union([Type.String({ minLength: 1, maxLength: 256 }), Feature]), {
        minItems: 1,
        description:
          'Input in the order of the model, by name or with all that is known. Without it: the features of the training job.',
      }),
    ),
    contentType: defaulted(contentType),
    accept: defaulted(accept),
    rowForm,
    ...semantics,
  },
  {
    $id: 'NewDeployment',
    additionalProperties: false,
    examples: [{ name: 'example', trainingJob: 'example-job', threshold: 0.5, labels: ['no', 'yes'] }],
  },
);
export type NewDeployment = Static<typeof NewDeployment>;

export const Deployment = Type.Object(
  {
    name: Type.String(),
    status: Type.String({ description: 'Status of the SageMaker endpoint: Creating, InService, Updating, Failed, …' }),
    failureReason: Type.Optional(Type.String()),
    version: Type.String({ description: 'Version that is live: the time of its making.' }),
    url: Type.String({ description: 'Path at which the model is called.' }),
    trainingJob: Type.Optional(Type.String()),
    modelArtifacts: Type.String(),
    image: Type.String(),
    instanceType: Type.Optional(Type.String()),
    instanceCount: Type.Optional(Type.Integer()),
    contentType: Type.String(),
    accept: Type.String(),
    rowForm,
    ...modelSemantics,
    createdAt: Type.Optional(Type.String({ format: 'date-time' })),
    updatedAt: Type.Optional(Type.String({ format: 'date-time' })),
  },
  { $id: 'Deployment', description: 'A model in service, or on its way there.' },
);
export type Deployment = Static<typeof Deployment>;

export const DeploymentPage = pageOf(ref(Deployment), 'DeploymentPage');
