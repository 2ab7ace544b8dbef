import Type, { type Static } from 'typebox';
import { defaulted, instanceCount, instanceType } from '../resource-schema.ts';

const vpcName = Type.String({ pattern: '^[-0-9a-zA-Z]+$', maxLength: 32 });
const kmsKey = (description: string) =>
  Type.Optional(Type.String({ pattern: '^[a-zA-Z0-9:/_-]+$', maxLength: 2048, description }));

/** What training runs on and how, for training jobs and for those of tuning jobs. */
export const trainingOptions = {
  instanceType: instanceType('ml.m5.xlarge'),
  instanceCount,
  volumeSizeGB: defaulted(Type.Integer({ minimum: 1, default: 30 })),
  maxRuntimeSeconds: defaulted(Type.Integer({ minimum: 1, maximum: 2_419_200, default: 86_400 })),
  spot: Type.Optional(
    Type.Object(
      {
        maxWaitSeconds: Type.Integer({
          minimum: 1,
          description: 'Waiting and training together; at least maxRuntimeSeconds.',
        }),
      },
      { additionalProperties: false, description: 'Trains on spare capacity, which AWS may take back.' },
    ),
  ),
  vpc: Type.Optional(
    Type.Object(
      {
        subnets: Type.Array(vpcName, { minItems: 1, maxItems: 16 }),
        securityGroups: Type.Array(vpcName, { minItems: 1, maxItems: 5 }),
      },
      { additionalProperties: false, description: 'Trains inside your VPC.' },
    ),
  ),
  volumeKmsKey: kmsKey('KMS key of the instances’ volumes.'),
  outputKmsKey: kmsKey('KMS key of the model in S3.'),
  networkIsolation: Type.Optional(Type.Boolean({ description: 'No network for the container.' })),
  encryptTraffic: Type.Optional(Type.Boolean({ description: 'Between the instances.' })),
  environment: Type.Optional(
    Type.Record(Type.String({ pattern: '^[a-zA-Z_][a-zA-Z0-9_]*$' }), Type.String({ maxLength: 512 }), {
      maxProperties: 100,
      description: 'Environment variables of the container.',
    }),
  ),
  metricDefinitions: Type.Optional(
    Type.Array(
      Type.Object(
        { name: Type.String({ minLength: 1, maxLength: 255 }), regex: Type.String({ minLength: 1, maxLength: 500 }) },
        { additionalProperties: false },
      ),
      { maxItems: 40, description: 'How metrics are read from the log; the built-in algorithm has its own.' },
    ),
  ),
};
const TrainingOptions = Type.Object(trainingOptions);
export type TrainingOptions = Static<typeof TrainingOptions>;

/** Tags as a name → value object. */
export const tagsOption = Type.Optional(
  Type.Record(Type.String({ minLength: 1, maxLength: 128 }), Type.String({ maxLength: 256 }), {
    maxProperties: 49,
    description: 'Tags of the job in SageMaker, for those who look for costs.',
  }),
);

/** These options of a request, without the rest of it. */
export function optionsOf(request: TrainingOptions): TrainingOptions {
  const names = Object.keys(trainingOptions) as (keyof TrainingOptions)[];
  return Object.fromEntries(
    names.flatMap((name) => (request[name] === undefined ? [] : [[name, request[name]]])),
  ) as TrainingOptions;
}
