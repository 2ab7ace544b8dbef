import Type, { type Static } from 'typebox';
import { Feature } from '../../config/feature.ts';
import { ModelSettings, modelSemantics } from '../../config/model-settings.ts';
import { pageOf, sageMakerListQuery } from '../paging.ts';
import { defaulted, ref, sageMakerName } from '../resource-schema.ts';
import { CopyScaling, componentProperties, fleetProperties, Scaling } from './fleet-schema.ts';
import { Rollout, RolloutStatus } from './rollout-schema.ts';

export const DeploymentName = sageMakerName({
  // A version is added to it in the names of model and endpoint configuration: 63 characters in all.
  maxLength: 44,
  description: 'Name of the deployment, its endpoint, and the model at /predict/{name}.',
  examples: ['example'],
});

const { features: _ordered, ...semantics } = modelSemantics;
const { contentType, accept, rowForm } = ModelSettings.properties;

/** What a version is, apart from its model. */
export const versionProperties = {
  ...fleetProperties,
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
};
const VersionSettings = Type.Object(versionProperties);
export type VersionSettings = Static<typeof VersionSettings>;

const sourceProperties = {
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
};
const ModelSource = Type.Object(sourceProperties);
export type ModelSource = Static<typeof ModelSource>;

export const NewDeployment = Type.Object(
  { name: DeploymentName, ...sourceProperties, ...versionProperties },
  {
    $id: 'NewDeployment',
    additionalProperties: false,
    examples: [{ name: 'example', trainingJob: 'example-job', threshold: 0.5, labels: ['no', 'yes'] }],
  },
);
export type NewDeployment = Static<typeof NewDeployment>;

export const NewVersion = Type.Object(
  { ...sourceProperties, ...versionProperties, rollout: defaulted(Rollout) },
  {
    $id: 'NewVersion',
    additionalProperties: false,
    examples: [
      {
        trainingJob: 'example-job',
        threshold: 0.5,
        labels: ['no', 'yes'],
        rollout: { strategy: 'canary', percent: 10, intervalSeconds: 5, bakeSeconds: 5 },
      },
    ],
  },
);
export type NewVersion = Static<typeof NewVersion>;

export const RollBackOrder = Type.Object(
  {
    version: Type.Optional(
      Type.String({ pattern: '^\\d{8}T\\d{6}Z$', description: 'Without it: the version before.' }),
    ),
    rollout: defaulted({ ...Rollout, default: { strategy: 'all-at-once', bakeSeconds: 0 } }),
  },
  { $id: 'RollBackOrder', additionalProperties: false, examples: [{}] },
);
export type RollBackOrder = Static<typeof RollBackOrder>;

export const DeploymentChange = Type.Object(
  {
    instanceCount: Type.Optional(Type.Integer({ minimum: 0, description: 'Instances of the live version.' })),
    percent: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 100, description: 'Share of the new version in a split that holds.' }),
    ),
    scaling: Type.Optional(Type.Union([Scaling, Type.Null()], { description: '`null` ends it.' })),
    inferenceComponent: Type.Optional(
      Type.Object(
        {
          copies: Type.Optional(Type.Integer({ minimum: 0 })),
          scaling: Type.Optional(Type.Union([CopyScaling, Type.Null()], { description: '`null` ends it.' })),
        },
        { additionalProperties: false, minProperties: 1, description: 'Of a deployment that is hosted so.' },
      ),
    ),
  },
  { $id: 'DeploymentChange', additionalProperties: false, minProperties: 1, examples: [{ instanceCount: 2 }] },
);
export type DeploymentChange = Static<typeof DeploymentChange>;

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
    instanceCount: Type.Optional(Type.Integer({ description: 'As it was ordered; `variants` has what runs.' })),
    serverless: fleetProperties.serverless,
    async: fleetProperties.async,
    dataCapture: fleetProperties.dataCapture,
    inferenceComponent: Type.Optional(
      Type.Object({
        name: Type.String({ description: 'By which SageMaker’s own API calls it.' }),
        ...componentProperties,
        copies: Type.Optional(Type.Integer({ description: 'That there are to be.' })),
        currentCopies: Type.Optional(Type.Integer({ description: 'That there are: with 0 calls are answered 503.' })),
        scaling: Type.Optional(CopyScaling),
      }),
    ),
    scaling: Type.Optional(Scaling),
    variants: Type.Optional(
      Type.Array(
        Type.Object({
          name: Type.String(),
          version: Type.String(),
          percent: Type.Optional(Type.Number({ description: 'Share of the calls.' })),
          instances: Type.Optional(Type.Integer()),
        }),
        { description: 'What is in service now.' },
      ),
    ),
    rollout: Type.Optional(ref(RolloutStatus)),
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
export const DeploymentQuery = sageMakerListQuery(
  Type.Enum([
    'Creating',
    'InService',
    'Updating',
    'SystemUpdating',
    'RollingBack',
    'OutOfService',
    'Deleting',
    'Failed',
    'UpdateRollbackFailed',
  ]),
);
export type DeploymentQuery = Static<typeof DeploymentQuery>;

export const DeploymentVersion = Type.Object(
  {
    version: Type.String(),
    live: Type.Boolean(),
    trainingJob: Type.Optional(Type.String()),
    modelArtifacts: Type.String(),
    image: Type.String(),
    createdAt: Type.String({ format: 'date-time' }),
    rollouts: Type.Array(ref(RolloutStatus), {
      description: 'Each time it was put over another version, oldest first.',
    }),
  },
  { $id: 'DeploymentVersion' },
);
export type DeploymentVersion = Static<typeof DeploymentVersion>;
export const DeploymentVersionPage = pageOf(ref(DeploymentVersion), 'DeploymentVersionPage');
