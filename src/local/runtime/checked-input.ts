import { api } from '../api/sagemaker-runtime.ts';
import { validateInput } from '../wire/validate.ts';
import type { RuntimeRequest } from './runtime-request.ts';

/**
 * What a request asks of an operation, all but its body: members travel as headers, and are checked against the API's own constraints.
 * @throws AwsError ValidationError naming every member that breaks them
 */
export function checkedInput(operation: string, { params, headers }: RuntimeRequest): unknown {
  const input: Record<string, unknown> = { EndpointName: params.endpoint, Body: '' };
  const shape = api.shapes[api.operations[operation] ?? ''];
  if (shape?.type !== 'structure') throw new Error(`The model has no input for ${operation}`);
  for (const [member, header] of Object.entries(shape.headers ?? {})) {
    const value = headers[header];
    if (value === undefined) continue;
    const isWhole = api.shapes[shape.members[member] ?? '']?.type === 'integer' && /^-?\d{1,9}$/.test(String(value));
    input[member] = isWhole ? Number(value) : value;
  }
  validateInput(api, operation, input, 'ValidationError');
  return input;
}
