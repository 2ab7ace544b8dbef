import { AwsError } from '../wire/aws-error.ts';
import type { Fault } from './fault.ts';

type Refusal = readonly [code: string, status: number, message: string];

const refusals: Partial<Record<Fault['kind'], Refusal>> = {
  throttle: ['ThrottlingException', 400, 'Rate exceeded'],
  'not-ready': ['ModelNotReadyException', 429, 'The model is not ready for inference. Please try again.'],
  unavailable: ['ServiceUnavailable', 503, 'The service is unavailable. Try your call again.'],
  dependency: ['InternalDependencyException', 530, 'Your request caused an exception with an internal dependency.'],
  internal: ['InternalFailure', 500, 'An internal failure occurred.'],
};

/** What SageMaker answers instead of passing a request to the model, if the fault is of that sort. */
export function refusalOf({ kind, message }: Fault): AwsError | undefined {
  // How some accounts are throttled: no type, and a null message.
  if (kind === 'throttle-null') return new AwsError('', '', 400, { message: null });
  const refusal = refusals[kind];
  return refusal && new AwsError(refusal[0], message ?? refusal[2], refusal[1]);
}
