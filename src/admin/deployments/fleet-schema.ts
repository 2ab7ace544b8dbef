import Type, { type Static } from 'typebox';
import { defaulted, instanceCount, instanceType } from '../resource-schema.ts';

const s3Folder = Type.String({ pattern: '^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/.*)?$', maxLength: 512 });

const Serverless = Type.Object(
  {
    memoryMB: Type.Enum([1024, 2048, 3072, 4096, 5120, 6144]),
    maxConcurrency: Type.Integer({ minimum: 1, maximum: 200 }),
    provisionedConcurrency: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
  },
  { additionalProperties: false, description: 'Without instances of its own; takes the place of them.' },
);

const Async = Type.Object(
  {
    outputUri: Type.Optional(s3Folder),
    failureUri: Type.Optional(s3Folder),
    maxConcurrentPerInstance: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
  },
  {
    additionalProperties: false,
    description:
      'Takes predictions for later (`Prefer: respond-async`) in place of those in real time. Without URIs answers go to the gateway’s bucket.',
  },
);

const DataCapture = Type.Object(
  {
    percent: Type.Integer({ minimum: 0, maximum: 100, description: 'Share of the requests.' }),
    uri: Type.Optional(s3Folder),
  },
  { additionalProperties: false, description: 'SageMaker keeps requests and answers in S3.' },
);

const cooldowns = {
  scaleOutCooldownSeconds: Type.Optional(Type.Integer({ minimum: 0, maximum: 86_400 })),
  scaleInCooldownSeconds: Type.Optional(Type.Integer({ minimum: 0, maximum: 86_400 })),
};

export const CopyScaling = Type.Object(
  {
    minCopies: Type.Integer({
      minimum: 0,
      description: 'With 0 it has none while nobody calls. A call that finds none is answered 503, and brings one.',
    }),
    maxCopies: Type.Integer({ minimum: 1 }),
    invocationsPerCopy: Type.Number({
      exclusiveMinimum: 0,
      description: 'Calls a minute that each copy is to have; more copies come when they have more.',
    }),
    ...cooldowns,
  },
  {
    additionalProperties: false,
    description:
      'Target tracking by Application Auto Scaling. It holds over versions, until a new version or a change says otherwise.',
  },
);
export type CopyScaling = Static<typeof CopyScaling>;

const copies = Type.Integer({ minimum: 0, default: 1, description: 'To begin with, where they scale.' });

export const componentProperties = {
  memoryMB: Type.Integer({ minimum: 128, description: 'That each copy is sure to have.' }),
  maxMemoryMB: Type.Optional(Type.Integer({ minimum: 128 })),
  cpus: Type.Optional(Type.Number({ minimum: 0.25, description: 'Cores.' })),
  accelerators: Type.Optional(Type.Number({ minimum: 1 })),
  minInstances: defaulted(
    Type.Integer({ minimum: 0, default: 0, description: 'Instances that stay when no copy needs them.' }),
  ),
  maxInstances: defaulted(
    Type.Integer({ minimum: 1, default: 2, description: 'A new version needs room beside the old one.' }),
  ),
};

const Component = Type.Object(
  { copies: defaulted(copies), ...componentProperties, scaling: Type.Optional(CopyScaling) },
  {
    additionalProperties: false,
    description:
      'Hosts the model as an inference component: copies of it share instances of `instanceType`, of which there are `instanceCount` to begin with and as many as the copies need from then on, also none. Later versions must be hosted so as well, on the same instances. Not together with `serverless`, `async` and `dataCapture`.',
  },
);

/** What a version runs on. */
export const fleetProperties = {
  instanceType: instanceType('ml.m5.large'),
  instanceCount,
  serverless: Type.Optional(Serverless),
  async: Type.Optional(Async),
  dataCapture: Type.Optional(DataCapture),
  inferenceComponent: Type.Optional(Component),
};
const FleetOptions = Type.Object(fleetProperties);
export type FleetOptions = Static<typeof FleetOptions>;

/** What remains as it is when instances come and go. */
export const Scaling = Type.Object(
  {
    minInstances: Type.Integer({ minimum: 0 }),
    maxInstances: Type.Integer({ minimum: 1 }),
    invocationsPerInstance: Type.Number({
      exclusiveMinimum: 0,
      description: 'Calls a minute that each instance is to have; more instances come when they have more.',
    }),
    ...cooldowns,
  },
  { additionalProperties: false, description: 'Target tracking by Application Auto Scaling.' },
);
export type Scaling = Static<typeof Scaling>;
