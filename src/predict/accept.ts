import Negotiator from 'negotiator';

/**
 * The form of the answer that a caller's Accept header asks for: the gateway's JSON, or the bytes of the model in a type of its own.
 * @returns undefined for the gateway's JSON
 */
export function modelTypeAsked(accept: string | undefined): string | undefined {
  if (accept === undefined || accept === '*/*' || accept === 'application/json') return undefined;
  const [preferred] = new Negotiator({ headers: { accept } }).mediaTypes();
  if (
    preferred === undefined ||
    preferred === '*/*' ||
    preferred === 'application/*' ||
    preferred === 'application/json'
  )
    return undefined;
  return preferred === 'text/*' ? 'text/csv' : preferred;
}
