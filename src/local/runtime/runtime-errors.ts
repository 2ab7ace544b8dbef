import { AwsError } from '../wire/aws-error.ts';

/** The runtime's own name for it: the control plane says ValidationException. */
export const validationError = (message: string) => new AwsError('ValidationError', message);
