import Type, { type Static } from 'typebox';
import { Rollout } from '../deployments/rollout-schema.ts';
import { DeploymentName, versionProperties } from '../deployments/schema.ts';
import { NewEvaluation } from '../evaluations/schema.ts';
import { dataReference, defaulted } from '../resource-schema.ts';
import { boundProperties } from './gate-bounds.ts';

const Gate = Type.Object(
  {
    dataset: dataReference('Rows to evaluate with'),
    label: Type.Optional(
      Type.String({ minLength: 1, description: 'Column with the truth. Without it: that of the job.' }),
    ),
    problem: NewEvaluation.properties.problem,
    threshold: Type.Optional(Type.Number({ description: 'Without it: the deployment’s own, or 0.5.' })),
    ...boundProperties,
  },
  {
    additionalProperties: false,
    description:
      'What an evaluation must show before any caller gets the model: at least one bound. It runs on an endpoint of its own, which is removed after it.',
  },
);
export type Gate = Static<typeof Gate>;

/** What becomes of the model of a job. */
export const DeployOrder = Type.Object(
  { name: DeploymentName, ...versionProperties, gate: Type.Optional(Gate), rollout: defaulted(Rollout) },
  {
    additionalProperties: false,
    description:
      'Deploys the model when the job is completed, as the first version under the name or over the live one. Any replica carries it on.',
  },
);
export type DeployOrder = Static<typeof DeployOrder>;

export const DeliveryStatus = Type.Object(
  {
    name: Type.String({ description: 'Of the deployment.' }),
    state: Type.Enum(
      [
        'Pending',
        'Training',
        'Preparing',
        'Evaluating',
        'Deploying',
        'Removing',
        'Deployed',
        'Rejected',
        'RolledBack',
        'Failed',
      ],
      { description: '`Rejected` by the gate; `Removing` what was made for a model that is not deployed.' },
    ),
    reason: Type.Optional(Type.String({ description: 'Why the model is not deployed.' })),
    version: Type.Optional(Type.String({ description: 'Version of the deployment that the model became.' })),
    evaluation: Type.Optional(
      Type.Object(
        {
          id: Type.String(),
          passed: Type.Boolean(),
          metrics: Type.Record(Type.String(), Type.Union([Type.Number(), Type.Null()])),
        },
        { description: 'What the gate saw; the report is at /admin/evaluations/{id}.' },
      ),
    ),
    updatedAt: Type.String({ format: 'date-time' }),
  },
  { $id: 'DeliveryStatus', description: 'The way of a trained model into service.' },
);
export type DeliveryStatus = Static<typeof DeliveryStatus>;
