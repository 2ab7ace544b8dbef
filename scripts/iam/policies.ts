import type { Called } from './called-operations.ts';
import { calledBy } from './called-operations.ts';

/** Permissions of a feature: the folder of src whose code needs them, and what that code asks for without an SDK command. */
interface Feature {
  readonly folder: string;
  readonly besides?: readonly Called[];
  readonly description: string;
}

const invoke: Called = 'client-sagemaker-runtime:InvokeEndpoint';

/** Every feature by its name; the first is what every gateway needs. */
export const features: Readonly<Record<string, Feature>> = {
  predict: {
    folder: 'predict',
    // By the gateway's own signed requests, and on behalf of AWS SDKs.
    besides: [
      invoke,
      'client-sagemaker-runtime:InvokeEndpointAsync',
      'client-sagemaker-runtime:InvokeEndpointWithResponseStream',
    ],
    description: 'predictions, now and later, capture, deployed models',
  },
  datasets: { folder: 'admin/datasets', description: 'data sets' },
  training: {
    folder: 'admin/training',
    besides: [invoke],
    description: 'training jobs, deployed when they pass a gate',
  },
  deployments: { folder: 'admin/deployments', description: 'deployments and their versions' },
  evaluations: { folder: 'admin/evaluations', besides: [invoke], description: 'evaluations' },
  tuning: { folder: 'admin/tuning', description: 'tuning jobs' },
  transforms: { folder: 'admin/transforms', description: 'batch transform jobs' },
  notebooks: { folder: 'admin/notebooks', description: 'notebook instances' },
  images: { folder: 'admin/images', description: 'images of one’s own' },
};

const services: Readonly<Record<string, string>> = {
  'client-sagemaker': 'sagemaker',
  'client-sagemaker-runtime': 'sagemaker',
  'client-s3': 's3',
  'client-cloudwatch': 'cloudwatch',
  'client-cloudwatch-logs': 'logs',
  'client-application-auto-scaling': 'application-autoscaling',
  'client-sts': 'sts',
  'client-iam': 'iam',
  'client-ecr': 'ecr',
};

/** Where S3 calls the permission otherwise than the operation. https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html */
const s3Actions: Readonly<Record<string, readonly string[]>> = {
  HeadBucket: ['s3:ListBucket'],
  ListObjectsV2: ['s3:ListBucket'],
  HeadObject: ['s3:GetObject'],
  CopyObject: ['s3:GetObject', 's3:PutObject'],
  DeleteObjects: ['s3:DeleteObject'],
  CreateMultipartUpload: ['s3:PutObject', 's3:AbortMultipartUpload'],
};

/** The actions of IAM that a call needs. */
export function actionsOf(called: Called): readonly string[] {
  const [client = '', operation = ''] = called.split(':');
  const service = services[client];
  if (service === undefined) throw new Error(`The service of ${called} has no place in the policies`);
  // Anybody may ask who they are.
  if (service === 'sts') return [];
  if (service === 's3') return s3Actions[operation] ?? [`s3:${operation}`];
  // What the gateway makes it tags.
  const tags = service === 'sagemaker' && operation.startsWith('Create') && !operation.includes('Presigned');
  return [`${service}:${operation}`, ...(tags ? ['sagemaker:AddTags'] : [])];
}

/** Kinds of things in SageMaker by the word of the operation, longest first. */
const kinds: readonly (readonly [word: string, kind: string])[] = [
  ['EndpointConfig', 'endpoint-config'],
  ['Endpoint', 'endpoint'],
  ['TrainingJob', 'training-job'],
  ['TransformJob', 'transform-job'],
  ['HyperParameterTuningJob', 'hyper-parameter-tuning-job'],
  ['NotebookInstance', 'notebook-instance'],
  ['Model', 'model'],
];

/** A placeholder, as CloudFormation's Sub has it. */
export const placeholder = (name: string): string => `\${${name}}`;

const partition = `arn:${placeholder('AWS::Partition')}`;
const arn = (service: string, rest: string): string =>
  `${partition}:${service}:${placeholder('AWS::Region')}:${placeholder('AWS::AccountId')}:${rest}`;
const bucket = `${partition}:s3:::${placeholder('Bucket')}`;

/** What an action is allowed on. */
function resourcesOf(action: string): readonly string[] {
  const [service, operation = ''] = action.split(':');
  if (service === 's3') return [operation.endsWith('Bucket') ? bucket : `${bucket}/*`];
  if (service === 'ecr') return [arn('ecr', 'repository/*')];
  if (service === 'logs') return [arn('logs', 'log-group:/aws/sagemaker/*')];
  if (service === 'cloudwatch') return [arn('cloudwatch', 'alarm:*')];
  if (service !== 'sagemaker' || operation.startsWith('List')) return ['*'];
  if (operation === 'AddTags') return [arn('sagemaker', '*')];
  const [, kind] = kinds.find(([word]) => operation.includes(word)) ?? [];
  if (kind === undefined) throw new Error(`${action} has no resource in the policies`);
  const both = operation === 'CreateEndpoint' || operation === 'UpdateEndpoint';
  return [arn('sagemaker', `${kind}/*`), ...(both ? [arn('sagemaker', 'endpoint-config/*')] : [])];
}

export interface Statement {
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: unknown;
}

const passedOn = /:Create(Model|TrainingJob|NotebookInstance)$/;

/** The least that the gateway's role needs for a feature. */
export function statementsOf(name: string): Statement[] {
  const { folder, besides = [] } = features[name] as Feature;
  const called = [...calledBy(folder), ...besides];
  const byResource = new Map<string, Set<string>>();
  for (const action of called.flatMap(actionsOf)) {
    const place = JSON.stringify(resourcesOf(action));
    byResource.set(place, (byResource.get(place) ?? new Set()).add(action));
  }
  const statements: Statement[] = [...byResource]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([resource, actions]) => ({
      Effect: 'Allow',
      Action: [...actions].sort(),
      Resource: JSON.parse(resource) as string[],
    }));
  if (!called.some((operation) => passedOn.test(operation))) return statements;
  // SageMaker's own role is handed to SageMaker and to nobody else.
  const Condition = { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } };
  return [
    ...statements,
    { Effect: 'Allow', Action: ['iam:PassRole'], Resource: [placeholder('SageMakerRoleArn')], Condition },
  ];
}
