import { type Called, CallGraph } from './call-graph.ts';
import { calledByOperation } from './operations.ts';

/** Permissions of a feature: the folders or files of src whose code needs them, and what that code asks for without an SDK command. */
interface Feature {
  readonly sources: readonly string[];
  readonly besides?: readonly Called[];
  readonly description: string;
}

// Idempotency-Key and If-Match, of every change.
const changes = 'admin/changes/claims.ts';

/** Every feature by its name; the first is what every gateway needs. */
export const features: Readonly<Record<string, Feature>> = {
  predict: {
    sources: ['predict'],
    // On behalf of AWS SDKs.
    besides: [
      'client-sagemaker-runtime:InvokeEndpointAsync',
      'client-sagemaker-runtime:InvokeEndpointWithResponseStream',
    ],
    description: 'predictions, now and later, capture, deployed models',
  },
  datasets: { sources: ['admin/datasets', changes], description: 'data sets' },
  training: { sources: ['admin/training', changes], description: 'training jobs, deployed when they pass a gate' },
  deployments: { sources: ['admin/deployments', changes], description: 'deployments and their versions' },
  evaluations: { sources: ['admin/evaluations', changes], description: 'evaluations' },
  tuning: { sources: ['admin/tuning', changes], description: 'tuning jobs' },
  transforms: { sources: ['admin/transforms', changes], description: 'batch transform jobs' },
  notebooks: { sources: ['admin/notebooks', changes], description: 'notebook instances' },
  images: { sources: ['admin/images'], description: 'images of one’s own' },
};

/** What the code calls, by feature and by operation of the control plane. */
interface Calls {
  readonly features: ReadonlyMap<string, readonly Called[]>;
  readonly operations: ReadonlyMap<string, readonly Called[]>;
}

let known: Calls | undefined;

/** Read from the code once: the compiler takes seconds. */
function calls(): Calls {
  if (known !== undefined) return known;
  const graph = new CallGraph();
  try {
    known = {
      features: new Map(
        Object.entries(features).map(([name, { sources, besides = [] }]) => [
          name,
          [...graph.calledBy(...sources.flatMap((source) => graph.files(`src/${source}`))), ...besides],
        ]),
      ),
      operations: calledByOperation(graph),
    };
    return known;
  } finally {
    graph.close();
  }
}

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
  UploadPart: ['s3:PutObject'],
  CompleteMultipartUpload: ['s3:PutObject'],
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
  ['InferenceComponent', 'inference-component'],
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
  const others = besides[operation] ?? [];
  return [kind, ...others].map((each) => arn('sagemaker', `${each}/*`));
}

/** Kinds of things that an operation touches beside its own. https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html */
const besides: Readonly<Record<string, readonly string[]>> = {
  CreateEndpoint: ['endpoint-config'],
  UpdateEndpoint: ['endpoint-config'],
  CreateInferenceComponent: ['endpoint'],
  InvokeEndpoint: ['inference-component'],
  InvokeEndpointWithResponseStream: ['inference-component'],
};

export interface Statement {
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: unknown;
}

const passedOn = /:Create(Model|EndpointConfig|TrainingJob|NotebookInstance)$/;
/** SageMaker's own role is handed to SageMaker. */
const passesRole = (called: readonly Called[]): boolean => called.some((operation) => passedOn.test(operation));

/** The least that the gateway's role needs for a feature. */
export function statementsOf(name: string): Statement[] {
  const called = calls().features.get(name) ?? [];
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
  if (!passesRole(called)) return statements;
  // And to nobody else.
  const Condition = { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } };
  return [
    ...statements,
    { Effect: 'Allow', Action: ['iam:PassRole'], Resource: [placeholder('SageMakerRoleArn')], Condition },
  ];
}

/** The actions that each operation of the control plane needs, by operationId. */
export function actionsByOperation(): Record<string, string[]> {
  return Object.fromEntries(
    [...calls().operations].map(([id, called]) => [
      id,
      [...new Set([...called.flatMap(actionsOf), ...(passesRole(called) ? ['iam:PassRole'] : [])])].sort(),
    ]),
  );
}
