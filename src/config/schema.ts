import Type, { type Static } from 'typebox';
import { accessLogSettings } from './access-log.ts';
import { Clients } from './clients.ts';
import { Issuers } from './issuers.ts';
import { Metrics } from './metrics.ts';
import { ModelSettings } from './model-settings.ts';
import { Limits, Plans } from './plans.ts';
import { Server } from './server.ts';
import { Shutdown } from './shutdown.ts';
import { Tracing } from './tracing.ts';

/**
 * The whole configuration: gateway.yaml has this shape. `env` names the environment variable that sets the same value and wins over the file.
 * Defaults are declared here and nowhere else.
 */
export const Config = Type.Object(
  {
    mode: Type.Enum(['aws', 'local'], {
      env: 'GATEWAY_MODE',
      description:
        'Against AWS, or against the embedded SageMaker. Without it: `aws` when an AWS setting or an endpoint is given, else `local`.',
    }),
    host: Type.String({ env: 'HOST', default: '127.0.0.1', description: 'Address to listen on.' }),
    port: Type.Integer({
      env: 'PORT',
      default: 8080,
      minimum: 0,
      maximum: 65535,
      description: 'Port to listen on; 0 takes any free one.',
    }),
    logLevel: Type.Optional(
      Type.Enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
        env: 'LOG_LEVEL',
        description: 'Least severe log line that is written. Without it `info`, and `warn` in local mode.',
      }),
    ),
    ...accessLogSettings,
    bodyLimit: Type.Integer({
      env: 'BODY_LIMIT',
      default: 25 * 1024 * 1024,
      minimum: 1024,
      description: 'Largest body of a prediction, bytes. SageMaker takes 25 MB in real time.',
    }),
    uploadLimit: Type.Integer({
      env: 'UPLOAD_LIMIT',
      default: 5 * 1024 ** 3,
      minimum: 1024,
      description: 'Largest data set that can be uploaded, bytes.',
    }),
    shutdown: Shutdown,
    server: Server,
    metrics: Metrics,
    tracing: Tracing,
    prices: Type.Record(Type.String({ pattern: '^ml\\.[a-z0-9-]+\\.[a-z0-9-]+$' }), Type.Number({ minimum: 0 }), {
      default: {},
      description:
        'Price of an hour by instance type, in your currency: what training jobs and tuning jobs cost is then shown with them.',
    }),
    allowedBuckets: Type.Array(Type.String({ pattern: '^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$' }), {
      default: [],
      description: 'Buckets beside the gateway’s own in which callers of /admin may name data and models.',
    }),
    local: Type.Object(
      {
        stateDir: Type.String({
          env: 'LOCAL_STATE_DIR',
          default: '.local',
          description: 'Where the embedded SageMaker keeps its state.',
        }),
        port: Type.Integer({
          env: 'LOCAL_SAGEMAKER_PORT',
          default: 0,
          minimum: 0,
          maximum: 65535,
          description: 'Loopback port of the embedded SageMaker; 0 takes any free one.',
        }),
        images: Type.Record(Type.String(), Type.String({ minLength: 1 }), {
          default: {},
          description:
            'Programs in place of container images, by image name with `*` for any characters: a command line for the shell, to which `train` or `serve` is added.',
        }),
      },
      { default: {}, additionalProperties: false },
    ),
    aws: Type.Object(
      {
        region: Type.Optional(
          Type.String({
            env: 'AWS_REGION',
            description: 'Region of every AWS call. Without it, as the AWS SDK finds it.',
          }),
        ),
        roleArn: Type.Optional(
          Type.String({
            env: 'SAGEMAKER_ROLE_ARN',
            pattern: '^arn:aws[a-z-]*:iam::\\d{12}:role/.+$',
            description:
              'Role that SageMaker assumes to train and to serve. Needed by the admin routes that create something.',
          }),
        ),
        bucket: Type.Optional(
          Type.String({
            env: 'GATEWAY_BUCKET',
            pattern: '^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$',
            description:
              'Bucket for data sets, models and reports. Without it `sagemaker-<region>-<account>`, as the SageMaker SDKs name theirs; it is created when missing.',
          }),
        ),
        prefix: Type.String({
          env: 'GATEWAY_PREFIX',
          default: 'sagemaker-gateway',
          pattern: '^[A-Za-z0-9][A-Za-z0-9/_.-]*[A-Za-z0-9]$',
          description: 'Key prefix of everything the gateway keeps in the bucket.',
        }),
      },
      { default: {}, additionalProperties: false },
    ),
    reconcileIntervalMs: Type.Integer({
      env: 'RECONCILE_INTERVAL_MS',
      default: 5_000,
      minimum: 100,
      maximum: 600_000,
      description:
        'How often a replica looks for deployments to carry on, ms. What a replica that died had begun is taken over after three times as long.',
    }),
    endpointName: Type.Optional(
      Type.String({
        env: 'SAGEMAKER_ENDPOINT_NAME',
        description:
          'The simplest deployment: one SageMaker endpoint, callable as POST /predict and /predict/<its name>.',
      }),
    ),
    defaultModel: Type.Optional(
      Type.String({
        env: 'DEFAULT_MODEL',
        description:
          'The model behind POST /predict. Without it: SAGEMAKER_ENDPOINT_NAME, or the only entry of `models`, or `bank` in local mode.',
      }),
    ),
    auth: Type.Optional(
      Type.Enum(['none'], {
        env: 'AUTH',
        description:
          '`none` lets anybody in. It must be said where the gateway listens beyond this machine and no client is named; local mode then makes a key at each start.',
      }),
    ),
    clients: Clients,
    issuers: Issuers,
    plans: Plans,
    limits: Limits,
    trustProxy: Type.Optional(
      Type.String({
        env: 'TRUST_PROXY',
        description:
          'Who may say by X-Forwarded-For whose request it is: how many proxies stand before the gateway (`1` for an ALB), or their addresses and networks, with commas. Without it nobody.',
      }),
    ),
    models: Type.Record(Type.String({ pattern: '^[a-zA-Z0-9](-*[a-zA-Z0-9])*$' }), ModelSettings, {
      default: {},
      description: 'Public model name → SageMaker endpoint and how to speak to it.',
    }),
  },
  { additionalProperties: false },
);
export type Config = Static<typeof Config>;
