import Type, { type Static } from 'typebox';
import { instanceCount, instanceType } from '../resource-schema.ts';

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

/** What a version runs on. */
export const fleetProperties = {
  instanceType: instanceType('ml.m5.large'),
  instanceCount,
  serverless: Type.Optional(Serverless),
  async: Type.Optional(Async),
  dataCapture: Type.Optional(DataCapture),
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
    scaleOutCooldownSeconds: Type.Optional(Type.Integer({ minimum: 0, maximum: 86_400 })),
    scaleInCooldownSeconds: Type.Optional(Type.Integer({ minimum: 0, maximum: 86_400 })),
  },
  { additionalProperties: false, description: 'Target tracking by Application Auto Scaling.' },
);
export type Scaling = Static<typeof Scaling>;
