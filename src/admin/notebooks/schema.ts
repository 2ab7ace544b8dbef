import Type, { type Static } from 'typebox';
import { pageOf, sageMakerListQuery } from '../paging.ts';
import { defaulted, instanceType, ref, sageMakerName } from '../resource-schema.ts';

export const NotebookName = sageMakerName({ description: 'Name of the notebook instance.', examples: ['example-lab'] });

const Status = Type.Enum(
  [
    'Pending',
    'InService',
    'Stopping',
    'Stopped',
    'Failed',
    'Deleting',
    'Updating',
    'PendingMaintenance',
    'InMaintenance',
  ],
  { description: 'Status in SageMaker.' },
);
const Time = Type.String({ format: 'date-time' });

export const NewNotebook = Type.Object(
  {
    name: NotebookName,
    instanceType: instanceType('ml.t3.medium'),
    volumeSizeGB: defaulted(Type.Integer({ minimum: 5, maximum: 16_384, default: 5 })),
    lifecycleConfig: Type.Optional(
      sageMakerName({
        description: 'Lifecycle configuration in SageMaker: scripts that run when it is created and started.',
      }),
    ),
    subnet: Type.Optional(Type.String({ pattern: '^[-0-9a-zA-Z]+$', maxLength: 32 })),
    securityGroups: Type.Optional(
      Type.Array(Type.String({ pattern: '^[-0-9a-zA-Z]+$', maxLength: 32 }), { minItems: 1, maxItems: 5 }),
    ),
    internetAccess: defaulted(
      Type.Boolean({ default: true, description: 'Past the VPC. Without it a subnet and security groups are needed.' }),
    ),
    rootAccess: defaulted(Type.Boolean({ default: true })),
    kmsKey: Type.Optional(Type.String({ pattern: '^[a-zA-Z0-9:/_-]+$', maxLength: 2048 })),
    codeRepository: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 1024,
        description: 'Git repository to open with, by URL or by its name in SageMaker.',
      }),
    ),
  },
  { $id: 'NewNotebook', additionalProperties: false, examples: [{ name: 'example-lab' }] },
);
export type NewNotebook = Static<typeof NewNotebook>;

export const Notebook = Type.Object(
  {
    name: Type.String(),
    arn: Type.String(),
    status: Status,
    failureReason: Type.Optional(Type.String()),
    instanceType: Type.Optional(Type.String()),
    volumeSizeGB: Type.Optional(Type.Integer()),
    lifecycleConfig: Type.Optional(Type.String()),
    createdAt: Type.Optional(Time),
    updatedAt: Type.Optional(Time),
  },
  { $id: 'Notebook', description: 'A notebook instance: Jupyter on a machine of its own.' },
);
export type Notebook = Static<typeof Notebook>;

export const NotebookSummary = Type.Object(
  {
    name: Type.String(),
    status: Status,
    instanceType: Type.Optional(Type.String()),
    createdAt: Type.Optional(Time),
    updatedAt: Type.Optional(Time),
  },
  { $id: 'NotebookSummary' },
);
export const NotebookPage = pageOf(ref(NotebookSummary), 'NotebookPage');

export const NotebookQuery = sageMakerListQuery(Status);
export type NotebookQuery = Static<typeof NotebookQuery>;

export const UrlOrder = Type.Object(
  {
    sessionSeconds: defaulted(
      Type.Integer({
        minimum: 1800,
        maximum: 43_200,
        default: 43_200,
        description: 'How long the notebook stays open.',
      }),
    ),
  },
  { $id: 'NotebookUrlOrder', additionalProperties: false, examples: [{}] },
);

export const NotebookUrl = Type.Object(
  {
    url: Type.String({
      description: 'Opens the notebook for whoever has it. Against AWS it must be used within 5 minutes.',
    }),
  },
  { $id: 'NotebookUrl' },
);

export const NotebookActivity = Type.Object(
  {
    lastActivityAt: Time,
    idleSeconds: Type.Integer({ description: 'Since anything was run or changed.' }),
    kernels: Type.Integer({ description: 'Kernels that run.' }),
    busy: Type.Integer({ description: 'Those of them that compute at this moment.' }),
  },
  { $id: 'NotebookActivity' },
);
export type NotebookActivity = Static<typeof NotebookActivity>;

export const StopOrder = Type.Object(
  {
    ifIdleMinutes: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 10_080,
        description: 'Only if nothing has been done for so long and no kernel is busy: for a scheduler to call.',
      }),
    ),
  },
  { $id: 'NotebookStopOrder', additionalProperties: false, examples: [{}, { ifIdleMinutes: 60 }] },
);
