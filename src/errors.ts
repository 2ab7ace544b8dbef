/** Every error the gateway answers: its stable code, HTTP status and title. What the client sees comes from here; the cause goes to the log. */
const catalogue = {
  validation_failed: [400, 'The request is not valid'],
  malformed_body: [400, 'The body cannot be parsed'],
  unauthenticated: [401, 'Who is calling is not known'],
  forbidden: [403, 'The client may not do this'],
  model_not_found: [404, 'No such model'],
  not_found: [404, 'No such resource'],
  method_not_allowed: [405, 'The resource does not know this method'],
  not_acceptable: [406, 'No representation of the answer is acceptable'],
  conflict: [409, 'The resource is not in a state that allows this'],
  already_exists: [409, 'The name is already taken'],
  request_in_progress: [409, 'The request is at work'],
  precondition_failed: [412, 'The resource has changed'],
  body_too_large: [413, 'The body is over the limit'],
  unsupported_media_type: [415, 'The content type is not supported'],
  idempotency_key_reused: [422, 'The Idempotency-Key belongs to another request'],
  rate_limited: [429, 'Requests come faster than they may'],
  quota_exceeded: [429, 'The quota is used up'],
  throttled: [429, 'SageMaker is throttling'],
  resource_limit_exceeded: [429, 'An AWS service limit is reached'],
  internal: [500, 'The gateway failed'],
  model_error: [502, 'The model answered with an error'],
  upstream_error: [502, 'AWS answered with an error'],
  aws_access_denied: [502, 'AWS refused the credentials or permissions of the gateway'],
  overloaded: [503, 'The model has all the requests it can take'],
  issuer_unavailable: [503, 'The issuer of the token cannot be asked'],
  limits_unavailable: [503, 'The limits cannot be checked'],
  model_not_ready: [503, 'The model is not ready'],
  upstream_unavailable: [503, 'AWS cannot be reached or is unavailable'],
  upstream_timeout: [504, 'No answer in time'],
} as const satisfies Record<string, readonly [status: number, title: string]>;

export type ErrorCode = keyof typeof catalogue;
export const errorCodes = Object.keys(catalogue) as ErrorCode[];

/** One wrong place in a request. */
export interface FieldError {
  /** Where: a JSON pointer into the body (`/instances/0/age`), or `query/name`, `path/name`, `header/name`. */
  readonly pointer: string;
  readonly detail: string;
}

export interface ErrorFacts {
  readonly errors?: readonly FieldError[];
  /** What the model's container itself answered. */
  readonly upstream?: { readonly status: number; readonly message: string };
  /** Name of the limit that refused it. */
  readonly limit?: string;
  /** Seconds after which another try makes sense. */
  readonly retryAfter?: number;
  /** The request surely did no work at the model, so that sending it again is safe. */
  readonly retrySafe?: true;
  /** The gateway is being stopped: it says nothing of AWS. */
  readonly stopping?: true;
  /** For the log only, never shown to the client. */
  readonly cause?: unknown;
}

/** An error with an answer of its own: thrown anywhere below a route, rendered as RFC 9457 by plugins/errors.ts. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly code: ErrorCode;
  readonly statusCode: number;
  readonly title: string;
  readonly facts: ErrorFacts;

  constructor(code: ErrorCode, detail: string, facts: ErrorFacts = {}) {
    super(detail, { cause: facts.cause });
    this.code = code;
    [this.statusCode, this.title] = catalogue[code];
    this.facts = facts;
  }
}

export const codeOf = (error: unknown): ErrorCode => (error instanceof GatewayError ? error.code : 'internal');
