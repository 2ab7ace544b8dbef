import Negotiator from 'negotiator';

/** A caller who does not mind: the gateway's own JSON, or what the model gives for a body of its own. */
export const anyType = '*/*';
const indifferent: readonly string[] = [anyType];
const json: readonly string[] = ['application/json'];

/** Header values that SageMaker takes. */
const printable = /^[\x21-\x7e]{1,1024}$/;

/** What the gateway writes itself whenever it has scores. */
const written = new Set(['application/json', 'application/jsonlines', 'text/csv', anyType]);

/**
 * The type that a caller's Accept header asks for first; and when only the model can say whether there is that, the next one that the gateway
 * writes itself, if the caller takes any. Never more, so that no header makes many calls of one.
 */
export function typesAsked(accept: string | undefined): readonly string[] {
  if (accept === undefined || accept === anyType) return indifferent;
  if (accept === 'application/json') return json;
  const types = new Negotiator({ headers: { accept } }).mediaTypes().filter((type) => printable.test(type));
  const [first = anyType, ...others] = types.map(widened);
  const fallback = written.has(first) ? undefined : others.find((type) => written.has(type));
  return fallback === undefined ? [first] : [first, fallback];
}

function widened(type: string): string {
  if (type === 'application/*') return 'application/json';
  return type === 'text/*' ? 'text/csv' : type;
}
