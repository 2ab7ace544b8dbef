import { GatewayError } from '../errors.ts';

/** An error of AWS as it stood on the wire, whichever path it came by: the SDK's clients or our own hot path. */
export interface AwsFault {
  /** Error type, such as `ValidationError`. */
  readonly name: string;
  /** HTTP status of the AWS answer; 0 when there was none. */
  readonly status: number;
  readonly message: string;
  readonly requestId?: string | undefined;
  /** ModelError only: what the container answered. */
  readonly originalStatusCode?: number | undefined;
  readonly originalMessage?: string | undefined;
  /** ModelStreamError only: why the stream ended. */
  readonly errorCode?: string | undefined;
}

type Rule = (fault: AwsFault, cause: unknown) => GatewayError;

/** Seconds to wait before another try; SageMaker itself names none. */
const retryAfter = 1;

/** What an error is called: something between the gateway and AWS knows no types, only statuses. */
const titleOf = ({ name, status }: AwsFault): string => name || `HTTP ${status}`;

const unavailable: Rule = (fault, cause) =>
  new GatewayError('upstream_unavailable', `SageMaker is unavailable (${titleOf(fault)}).`, { retryAfter, cause });
const unreachable: Rule = (_fault, cause) =>
  new GatewayError('upstream_unavailable', 'SageMaker cannot be reached.', { retryAfter, cause });
const denied: Rule = (fault, cause) =>
  new GatewayError('aws_access_denied', `AWS refused the call of the gateway (${fault.name}).`, { cause });
const throttled: Rule = (_fault, cause) =>
  new GatewayError('throttled', 'SageMaker is throttling requests.', { retryAfter, retrySafe: true, cause });
const notFound: Rule = (fault, cause) => new GatewayError('not_found', fault.message, { cause });
const conflict: Rule = (fault, cause) => new GatewayError('conflict', fault.message, { cause });
const alreadyExists: Rule = (fault, cause) => new GatewayError('already_exists', fault.message, { cause });

/** Seconds. Whoever called has woken it; from zero SageMaker takes an alarm's minute and the start of an instance. */
const untilCopies = 10;

const noCopies: Rule = (_fault, cause) =>
  new GatewayError('model_not_ready', 'The inference component of the model has no copies at the moment.', {
    retryAfter: untilCopies,
    cause,
  });

// The control plane says ValidationException for a missing thing, a taken name and a busy resource alike; only its words tell them apart.
const validation: Rule = (fault, cause) => {
  if (fault.message === '' || fault.message === 'null') return throttled(fault, cause);
  if (/^Endpoint \S+ of account \S+ not found/.test(fault.message)) {
    return new GatewayError(
      'model_not_found',
      'The SageMaker endpoint of the model does not exist or is not in service.',
      { cause },
    );
  }
  if (/^Inference Component has no capacity/i.test(fault.message)) return noCopies(fault, cause);
  if (/^Inference Component .*not found/i.test(fault.message)) {
    return new GatewayError('model_not_found', 'The inference component of the model does not exist.', { cause });
  }
  if (/could not find|does not exist|not found|RecordNotFound/i.test(fault.message)) return notFound(fault, cause);
  if (/already exist|duplicate/i.test(fault.message)) return alreadyExists(fault, cause);
  if (/in-progress|unable to transition|status .* not in|is in status/i.test(fault.message))
    return conflict(fault, cause);
  return new GatewayError('validation_failed', fault.message, { cause });
};

const modelError: Rule = (fault, cause) => {
  const message = fault.originalMessage ?? fault.message;
  if (/invocation timed out/i.test(fault.message)) {
    return new GatewayError('upstream_timeout', 'The model did not answer within the time SageMaker gives it.', {
      cause,
    });
  }
  const status = fault.originalStatusCode ?? 0;
  return new GatewayError('model_error', `The model answered ${status}: ${message}`, {
    upstream: { status, message },
    cause,
  });
};

/** For an answer that ended before its end. */
export const brokenOff = (cause: unknown): GatewayError =>
  new GatewayError('upstream_unavailable', 'SageMaker broke off the answer.', { retryAfter: 1, cause });

const streamError: Rule = (fault, cause) =>
  fault.errorCode === 'ModelInvocationTimeExceeded'
    ? new GatewayError('upstream_timeout', 'The model did not finish its answer within the time SageMaker gives it.', {
        cause,
      })
    : new GatewayError('model_error', `The model broke off its answer: ${fault.message}`, { cause });

const rules: Readonly<Record<string, Rule>> = {
  ModelError: modelError,
  ModelStreamError: streamError,
  InternalStreamFailure: unavailable,
  ModelNotReadyException: (_fault, cause) =>
    new GatewayError('model_not_ready', 'The model is still being loaded.', { retryAfter: 5, retrySafe: true, cause }),
  ValidationError: validation,
  ValidationException: validation,
  ThrottlingException: throttled,
  Throttling: throttled,
  TooManyRequestsException: throttled,
  RequestLimitExceeded: throttled,
  SlowDown: throttled,
  // S3's answers to a continuation token that it never gave.
  InvalidArgument: validation,
  ResourceNotFound: notFound,
  ResourceNotFoundException: notFound,
  // Application Auto Scaling's.
  ObjectNotFoundException: notFound,
  ConcurrentUpdateException: conflict,
  RepositoryNotFoundException: notFound,
  NoSuchKey: notFound,
  NotFound: notFound,
  NoSuchBucket: notFound,
  ResourceInUse: alreadyExists,
  ConflictException: conflict,
  ResourceLimitExceeded: (fault, cause) => new GatewayError('resource_limit_exceeded', fault.message, { cause }),
  InternalFailure: unavailable,
  InternalServerException: unavailable,
  ServiceUnavailable: (fault, cause) =>
    new GatewayError('upstream_unavailable', `SageMaker is unavailable (${fault.name}).`, {
      retryAfter,
      retrySafe: true,
      cause,
    }),
  InternalDependencyException: unavailable,
  AccessDeniedException: denied,
  AccessDenied: denied,
  UnrecognizedClientException: denied,
  InvalidSignatureException: denied,
  ExpiredTokenException: denied,
  ExpiredToken: denied,
  CredentialsProviderError: denied,
  TimeoutError: (_fault, cause) => new GatewayError('upstream_timeout', 'AWS did not answer in time.', { cause }),
};

/** The gateway's answer to an error of AWS. `cause` goes to the log with it. */
export function translateFault(fault: AwsFault, cause: unknown): GatewayError {
  const rule = rules[fault.name];
  if (rule) return rule(fault, cause);
  // A 400 with a null message is how SageMaker throttles some accounts: no type, no words.
  if (fault.status === 429 || (fault.status === 400 && fault.message === '')) return throttled(fault, cause);
  // No answer, or one that broke off after its good beginning.
  if (fault.status < 300) return unreachable(fault, cause);
  if (fault.status >= 500) return unavailable(fault, cause);
  return new GatewayError('upstream_error', `AWS answered ${titleOf(fault)}: ${fault.message}`, { cause });
}

interface SdkError extends Error {
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string };
  readonly code?: string;
  readonly OriginalStatusCode?: number;
  readonly OriginalMessage?: string;
  readonly ErrorCode?: string;
}

const isSdkError = (error: unknown): error is SdkError =>
  error instanceof Error &&
  !(error instanceof GatewayError) &&
  ('$metadata' in error || '$fault' in error || error.name === 'CredentialsProviderError' || 'code' in error);

/** The message in place of a body that no AWS service wrote, such as the HTML of a load balancer. */
export const notFromAws = 'an answer that is not JSON';

/** The SDK's names for what has no name on the wire, and for broken connections, which it counts among its timeouts. */
function nameOf(error: SdkError): string {
  if (error.name === 'Unknown' || error instanceof SyntaxError) return '';
  return error.name === 'TimeoutError' && (error.code === 'ECONNRESET' || error.code === 'EPIPE') ? '' : error.name;
}

function messageOf(error: SdkError): string {
  if (error instanceof SyntaxError) return notFromAws;
  return error.message === 'UnknownError' ? '' : error.message;
}

/** The same for what an SDK client threw; anything else (a bug of ours) is thrown on as it is. */
export function translateSdkError(error: unknown): unknown {
  if (!isSdkError(error)) return error;
  return translateFault(
    {
      name: nameOf(error),
      status: error.$metadata?.httpStatusCode ?? 0,
      message: messageOf(error),
      requestId: error.$metadata?.requestId,
      originalStatusCode: error.OriginalStatusCode,
      originalMessage: error.OriginalMessage,
      errorCode: error.ErrorCode,
    },
    error,
  );
}

/** Runs a call of an SDK client; what it throws is the gateway's own error. */
export async function sending<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw translateSdkError(error);
  }
}
