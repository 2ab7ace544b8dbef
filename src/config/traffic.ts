import Type from 'typebox';

const EndpointName = Type.String({ pattern: '^[a-zA-Z0-9](-*[a-zA-Z0-9])*$', maxLength: 63 });

export const Concurrency = Type.Object(
  {
    maxInFlight: Type.Integer({
      default: 256,
      minimum: 1,
      maximum: 10_000,
      description: 'Calls to the model at the same time.',
    }),
    maxQueue: Type.Integer({
      default: 1_024,
      minimum: 0,
      maximum: 100_000,
      description: 'Requests that may wait; the next is refused at once with 503.',
    }),
  },
  { additionalProperties: false, description: 'How much may be on the way to a model at once.', default: {} },
);

export const Retries = Type.Object(
  {
    maxAttempts: Type.Integer({ default: 3, minimum: 1, maximum: 10, description: 'Tries in all.' }),
    budgetPercent: Type.Number({
      default: 10,
      minimum: 0,
      maximum: 100,
      description: 'Retries for each hundred requests.',
    }),
  },
  {
    additionalProperties: false,
    description: 'What is tried again: only what surely did no work at the model.',
    default: {},
  },
);

export const Breaker = Type.Object(
  {
    failurePercent: Type.Number({
      default: 50,
      exclusiveMinimum: 0,
      maximum: 100,
      description: 'Share of failed calls of the last 10 s.',
    }),
    openMs: Type.Integer({
      default: 5_000,
      minimum: 100,
      maximum: 600_000,
      description: 'Rest before one request tries it again, ms.',
    }),
  },
  { additionalProperties: false, description: 'When an endpoint that fails is left alone.', default: {} },
);

export const Batching = Type.Object(
  {
    maxInFlight: Type.Integer({
      default: 8,
      minimum: 1,
      maximum: 1_000,
      description: 'Calls at the same time; while there are fewer nothing waits.',
    }),
    maxRows: Type.Integer({ default: 1_000, minimum: 1, description: 'Rows in a batch.' }),
    maxBytes: Type.Integer({ default: 5_000_000, minimum: 1, description: 'Bytes in a batch.' }),
  },
  {
    additionalProperties: false,
    description:
      'Joins rows of several requests into one call while the model is busy. For models that answer each row by itself.',
  },
);

export const Cache = Type.Object(
  {
    ttlSeconds: Type.Number({ default: 60, exclusiveMinimum: 0, description: 'How long an answer is kept, s.' }),
    maxBytes: Type.Integer({ default: 50_000_000, minimum: 1_000, description: 'Memory for answers in each replica.' }),
  },
  { additionalProperties: false, description: 'Keeps answers. For models whose answer depends on the request alone.' },
);

export const Split = Type.Object(
  {
    endpoints: Type.Array(
      Type.Object(
        { endpoint: EndpointName, weight: Type.Number({ exclusiveMinimum: 0 }) },
        { additionalProperties: false },
      ),
      { minItems: 1 },
    ),
    stickyHeader: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z0-9-]+$',
        description: 'Request header whose value keeps a caller on one endpoint.',
      }),
    ),
  },
  { additionalProperties: false, description: 'Divides the traffic over endpoints.' },
);

export const Shadow = Type.Object(
  {
    endpoint: EndpointName,
    percent: Type.Number({ exclusiveMinimum: 0, maximum: 100, default: 100, description: 'Share of the requests.' }),
  },
  {
    additionalProperties: false,
    description: 'Copies a share of the traffic to another endpoint, whose answers are thrown away.',
  },
);

export const Capture = Type.Object(
  { percent: Type.Number({ exclusiveMinimum: 0, maximum: 100, default: 100, description: 'Share of the requests.' }) },
  {
    additionalProperties: false,
    description:
      "Keeps a sample of requests and answers in S3, failed ones too, in the format of SageMaker's data capture.",
  },
);

/** How requests travel to a model. */
export const trafficSettings = {
  concurrency: Concurrency,
  retries: Retries,
  breaker: Breaker,
  batching: Type.Optional(Batching),
  cache: Type.Optional(Cache),
  timeoutMs: Type.Integer({
    default: 60_000,
    minimum: 1,
    maximum: 480_000,
    description: 'Longest wait for the answer, queueing included, ms.',
  }),
  singleFlight: Type.Boolean({ default: false, description: 'One call for all that ask the same at the same time.' }),
  split: Type.Optional(Split),
  shadow: Type.Optional(Shadow),
  capture: Type.Optional(Capture),
};
