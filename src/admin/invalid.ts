import { type FieldError, GatewayError } from '../errors.ts';

/** What schema validation cannot see is answered as it answers: every wrong place at once, the first one in the detail. */
export function invalidFields(errors: readonly FieldError[]): GatewayError {
  const [{ pointer, detail } = { pointer: '', detail: 'is not valid' }, ...more] = errors;
  return new GatewayError(
    'validation_failed',
    `${pointer || 'The body'} ${detail}${more.length === 0 ? '' : ` (and ${more.length} more)`}.`,
    { errors },
  );
}

export const invalidField = (pointer: string, detail: string): GatewayError => invalidFields([{ pointer, detail }]);
