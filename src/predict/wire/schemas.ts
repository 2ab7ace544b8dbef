import Type, { type TSchema } from 'typebox';

// Limits and patterns as the API model of the SageMaker runtime has them; values beyond printable ASCII could not be sent on.

const printable = '^[ -~]*$';
const text = (maxLength: number, description: string) =>
  Type.Optional(Type.String({ maxLength, pattern: printable, description }));

const name = '^[a-zA-Z0-9](-*[a-zA-Z0-9])*$';

export const EndpointParams = Type.Object({
  endpoint: Type.String({ maxLength: 63, pattern: name, description: 'Name of the SageMaker endpoint.' }),
});
export type EndpointParams = { endpoint: string };

const shared = {
  'content-type': text(1024, 'Type of the body.'),
  'x-amzn-sagemaker-custom-attributes': text(1024, 'Passed to the model’s container.'),
  'x-amzn-sagemaker-inference-id': Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 64,
      pattern: printable,
      description: 'Names the request in captured data.',
    }),
  ),
};

const targeting = {
  'x-amzn-sagemaker-target-variant': Type.Optional(
    Type.String({ maxLength: 63, pattern: name, description: 'Production variant to call.' }),
  ),
  'x-amzn-sagemaker-target-container-hostname': Type.Optional(
    Type.String({ maxLength: 63, pattern: name, description: 'Container of a multi-container endpoint.' }),
  ),
  'x-amzn-sagemaker-inference-component': Type.Optional(
    Type.String({
      maxLength: 63,
      pattern: '^[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?$',
      description: 'Inference component to call.',
    }),
  ),
  'x-amzn-sagemaker-session-id': text(256, 'A stateful session, or `NEW_SESSION`.'),
  'x-amzn-sagemaker-prefix-aware-id': text(256, 'Keeps requests of one prefix on one instance.'),
};

const uri = (description: string) =>
  Type.Optional(Type.String({ minLength: 1, maxLength: 1024, pattern: printable, description }));

// Whole numbers as the text they are in headers: passed on, not read.
const seconds = (description: string) => Type.Optional(Type.String({ pattern: '^\\d{1,5}$', description }));

/** The request headers that are passed on, by operation; no others are. */
export const InvocationHeaders = Type.Object({
  ...shared,
  accept: text(1024, 'Type asked of the model.'),
  'x-amzn-sagemaker-target-model': text(1024, 'Model archive on a multi-model endpoint.'),
  'x-amzn-sagemaker-enable-explanations': text(64, 'A JMESPath that says which rows are explained.'),
  ...targeting,
});

export const StreamHeaders = Type.Object({
  ...shared,
  'x-amzn-sagemaker-accept': text(1024, 'Type asked of the model.'),
  ...targeting,
});

export const AsyncHeaders = Type.Object({
  ...shared,
  'x-amzn-sagemaker-content-type': text(1024, 'Type of the input.'),
  'x-amzn-sagemaker-accept': text(1024, 'Type asked of the model.'),
  'x-amzn-sagemaker-inputlocation': uri('S3 URI of the input; without it the body is the input.'),
  'x-amzn-sagemaker-s3outputpathextension': uri('Put after the output path of the endpoint.'),
  'x-amzn-sagemaker-filename': text(32, 'Name of the output.'),
  'x-amzn-sagemaker-requestttlseconds': seconds('Longest wait in the queue, 60 to 21600.'),
  'x-amzn-sagemaker-invocationtimeoutseconds': seconds('Longest time at the model, 1 to 3600.'),
});

/** An error as the SageMaker runtime writes it; its type stands in the header x-amzn-errortype. */
export const RuntimeError = Type.Object(
  {
    Message: Type.Optional(Type.String()),
    OriginalStatusCode: Type.Optional(Type.Integer({ description: 'What the model’s container answered.' })),
    OriginalMessage: Type.Optional(Type.String()),
    LogStreamArn: Type.Optional(Type.String()),
  },
  { $id: 'RuntimeError', description: 'An error of the SageMaker runtime API.' },
);

const failures: Readonly<Record<number, string>> = {
  400: 'ValidationError, also for an endpoint that does not exist; ThrottlingException.',
  403: 'AccessDeniedException.',
  413: 'The body is over the limit.',
  424: 'ModelError: what the model’s container answered, or that it did not in time.',
  429: 'ModelNotReadyException.',
  500: 'InternalFailure.',
  503: 'ServiceUnavailable.',
  530: 'InternalDependencyException.',
};

const typeHeader = { 'x-amzn-errortype': Type.String({ description: 'Type of the error.' }) };

/** The error responses of every operation, for its schema. */
export const runtimeFailures: Readonly<Record<string, unknown>> = Object.fromEntries(
  Object.entries(failures).map(([status, description]) => [
    status,
    { description, headers: typeHeader, content: { 'application/json': { schema: { $ref: 'RuntimeError#' } } } },
  ]),
);

// Without a type, as OpenAPI 3.1 has it for bytes; the validator is given a buffer.
export const bytes = (type: string, schema: TSchema = Type.Unsafe<Buffer>({ description: 'Bytes as they are.' })) => ({
  content: { [type]: { schema } },
});
