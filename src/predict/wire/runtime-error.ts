import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { GatewayError } from '../../errors.ts';
import { reportError } from '../../plugins/errors.ts';

type Fault = NonNullable<FastifyError['validation']>[number];

/** `x-amzn-sagemaker-target-variant` as AWS names the member. */
const memberOf = (name: string): string =>
  name === 'endpoint'
    ? 'endpointName'
    : name.replace(/^x-amzn-sagemaker-/, '').replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

function constraintOf({ keyword, params }: Fault): string {
  if (keyword === 'maxLength') return `Member must have length less than or equal to ${params.limit}`;
  if (keyword === 'minLength') return `Member must have length greater than or equal to ${params.limit}`;
  return `Member must satisfy regular expression pattern: ${params.pattern}`;
}

/** The findings on a path or its headers in the words of AWS. */
function validationMessage(faults: readonly Fault[], context: 'params' | 'headers', request: FastifyRequest): string {
  const values = request[context] as Record<string, unknown>;
  const findings = faults.map((fault) => {
    const name = fault.instancePath.slice(1);
    return `Value '${String(values[name])}' at '${memberOf(name)}' failed to satisfy constraint: ${constraintOf(fault)}`;
  });
  const count = findings.length === 1 ? '1 validation error' : `${findings.length} validation errors`;
  return `${count} detected: ${findings.join('; ')}`;
}

interface RuntimeFault {
  readonly status: number;
  /** Undefined where AWS itself names none. */
  readonly type?: string;
  readonly body: Readonly<Record<string, unknown>>;
}

type Render = (message: string) => RuntimeFault;

const plain =
  (status: number, type: string): Render =>
  (Message) => ({ status, type, body: { Message } });

const denied = plain(403, 'AccessDeniedException');

/** The gateway's refusals as the runtime API would word them, by their status here, so that SDKs retry what is worth it and nothing else. */
const renderings: Readonly<Record<number, Render>> = {
  401: denied,
  403: denied,
  // From what stands before the runtime API, which knows no types.
  413: (message) => ({ status: 413, body: { message } }),
  429: plain(400, 'ThrottlingException'),
  500: plain(500, 'InternalFailure'),
  502: plain(530, 'InternalDependencyException'),
  503: plain(503, 'ServiceUnavailable'),
  504: (OriginalMessage) => ({
    status: 424,
    type: 'ModelError',
    body: {
      ErrorCode: 'INTERNAL_FAILURE_FROM_MODEL',
      Message: `Received server error (0) from primary with message "${OriginalMessage}".`,
      OriginalMessage,
      OriginalStatusCode: 0,
    },
  }),
};

function toRuntimeFault({ code, statusCode, message }: GatewayError, request: FastifyRequest): RuntimeFault {
  if (code === 'aws_access_denied') return denied(message);
  const worded =
    code === 'body_too_large' ? `HTTP content length exceeded ${request.routeOptions.bodyLimit ?? 0} bytes.` : message;
  return (renderings[statusCode] ?? plain(400, 'ValidationError'))(worded);
}

export function sendFault(reply: FastifyReply, { status, type, body }: RuntimeFault): FastifyReply {
  if (type !== undefined) reply.header('x-amzn-errortype', type);
  return reply.code(status).type('application/json').serializer(JSON.stringify).send(body);
}

/** Every error of these routes in AWS's own shape, Fastify's included. */
export function answerFault(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { validation, validationContext } = error;
  const known = reportError(
    validation && (validationContext === 'params' || validationContext === 'headers')
      ? new GatewayError('validation_failed', validationMessage(validation, validationContext, request))
      : error,
    request,
    reply,
  );
  if (known.code === 'not_found' || known.code === 'method_not_allowed') return sendFault(reply, unknownOperation);
  return sendFault(reply, toRuntimeFault(known, request));
}

/** What AWS answers where it has no operation. */
export const unknownOperation: RuntimeFault = {
  status: 404,
  type: 'UnknownOperationException',
  body: { Message: 'The operation is not known.' },
};
