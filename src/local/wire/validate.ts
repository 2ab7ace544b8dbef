import type { ApiModel, Shape } from './api-model.ts';
import { AwsError } from './aws-error.ts';

/** A member that breaks its constraints, in AWS's words. */
type Report = (fault: string) => void;

/**
 * Checks an operation's input against the API's own constraints and throws what AWS throws, all faults in one message with `code`. A general
 * JSON schema validator does not fit: its errors would have to be turned back into AWS's words and AWS's paths, shape by shape. Members that the
 * API does not know are passed over, as AWS does. Operations that the model has not are left alone.
 * @throws AwsError
 */
export function validateInput(
  { operations, shapes }: ApiModel,
  operation: string,
  input: unknown,
  code = 'ValidationException',
): void {
  const name = operations[operation];
  if (!name) return;
  const faults: string[] = [];
  check(shapes, name, input, '', (fault) => faults.push(fault));
  if (faults.length === 0) return;
  throw new AwsError(
    code,
    `${faults.length} validation error${faults.length === 1 ? '' : 's'} detected: ${faults.join('; ')}`,
  );
}

function check(shapes: ApiModel['shapes'], name: string, value: unknown, path: string, report: Report): void {
  const shape = shapes[name];
  if (!shape) throw new Error(`The model has no shape ${name}`);
  if (!fits(shape, value)) throw new AwsError('SerializationException', mismatch(shape, value));
  for (const constraint of constraints(shape)) {
    if (!constraint.holds(value))
      report(`Value ${show(value)} at '${path}' failed to satisfy constraint: ${constraint}`);
  }
  if (shape.type === 'structure') checkMembers(shapes, shape, value as Record<string, unknown>, path, report);
  else if (shape.type === 'map') checkEntries(shapes, shape, value as Record<string, unknown>, path, report);
  else if (shape.type === 'list') checkItems(shapes, shape, value as unknown[], path, report);
}

function checkMembers(
  shapes: ApiModel['shapes'],
  { members, required = [], union }: Shape & { type: 'structure' },
  value: Record<string, unknown>,
  path: string,
  report: Report,
): void {
  const present = Object.keys(members).filter((name) => value[name] !== undefined);
  if (union && present.length !== 1) {
    const which = present.length === 0 ? 'MUST_SET_ONE_OF' : 'CANNOT_SET_MULTIPLE';
    throw new AwsError(
      'SerializationException',
      `${which}: a union takes exactly one of ${Object.keys(members).join(', ')}`,
    );
  }
  const pathOf = (name: string) => (path === '' ? '' : `${path}.`) + name.charAt(0).toLowerCase() + name.slice(1);
  for (const name of required) if (value[name] === undefined) report(missing(pathOf(name)));
  for (const name of present) check(shapes, members[name] ?? '', value[name], pathOf(name), report);
}

function checkItems(
  shapes: ApiModel['shapes'],
  { member }: Shape & { type: 'list' },
  value: readonly unknown[],
  path: string,
  report: Report,
): void {
  for (const [at, item] of value.entries()) {
    const itemPath = `${path}.${at + 1}.member`;
    if (item === undefined) report(missing(itemPath));
    else check(shapes, member, item, itemPath, report);
  }
}

/** The entries of a map have no path of their own: of scalars AWS says, on the map, everything that its keys or values must be. */
function checkEntries(
  shapes: ApiModel['shapes'],
  shape: Shape & { type: 'map' },
  value: Record<string, unknown>,
  path: string,
  report: Report,
): void {
  const refuse = (what: string, name: string, values: unknown[]): boolean => {
    const all = constraints(shapes[name]);
    if (all.every(({ holds }) => values.every(holds))) return false;
    report(
      `Value ${show(value)} at '${path}' failed to satisfy constraint: Map ${what} must satisfy constraint: [${all.join(', ')}]`,
    );
    return true;
  };
  refuse('keys', shape.key, Object.keys(value));
  if (refuse('value', shape.value, Object.values(value))) return;
  for (const [key, entry] of Object.entries(value)) check(shapes, shape.value, entry, `${path}.${key}.member`, report);
}

const missing = (path: string) => `Value null at '${path}' failed to satisfy constraint: Member must not be null`;

const show = (value: unknown) => `'${asJava(value)}'`;

/** AWS echoes values as Java writes them. */
function asJava(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(asJava).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const entries = Object.entries(value).map(([key, entry]) => `${key}=${asJava(entry)}`);
  return `{${entries.join(', ')}}`;
}

interface Constraint {
  holds(value: unknown): boolean;
  toString(): string;
}

const known = new WeakMap<Shape, readonly Constraint[]>();

function constraints(shape: Shape | undefined): readonly Constraint[] {
  if (!shape) return [];
  const all = known.get(shape) ?? [...constraintsOf(shape)];
  known.set(shape, all);
  return all;
}

function* constraintsOf(shape: Shape): Generator<Constraint> {
  const {
    min,
    max,
    pattern,
    enum: values,
  } = shape as Partial<Record<'min' | 'max', number>> & { pattern?: string; enum?: readonly string[] };
  const numeric = isNumeric(shape);
  const measure = (value: unknown) => (numeric ? (value as number) : lengthOf(value));
  const what = numeric ? 'value' : 'length';
  if (max !== undefined) {
    yield {
      holds: (value) => measure(value) <= max,
      toString: () => `Member must have ${what} less than or equal to ${max}`,
    };
  }
  if (min !== undefined) {
    yield {
      holds: (value) => measure(value) >= min,
      toString: () => `Member must have ${what} greater than or equal to ${min}`,
    };
  }
  if (pattern !== undefined) {
    const regex = compile(pattern);
    yield {
      holds: (value) => regex.test(value as string),
      toString: () => `Member must satisfy regular expression pattern: ${pattern}`,
    };
  }
  if (values) {
    yield {
      holds: (value) => values.includes(value as string),
      toString: () => `Member must satisfy enum value set: [${values.join(', ')}]`,
    };
  }
}

const isNumeric = ({ type }: Shape) => type === 'integer' || type === 'long' || type === 'float' || type === 'double';

const lengthOf = (value: unknown): number => {
  if (typeof value === 'string' || Array.isArray(value)) return value.length;
  return Object.keys(value as object).length;
};

/** AWS's patterns are Java's and hold for the whole text. What of Java's they use that JavaScript has not, or writes otherwise: */
const javaOnly: readonly [RegExp, string][] = [
  [/\[\\p\{Print\}\]|\\p\{Print\}/g, '[ -~]'],
  [/\\p\{Alnum\}/g, 'a-zA-Z0-9'],
  [/\\A/g, '^'],
  [/\\z/g, '$'],
  // The end of the text, so many times.
  [/\$\{\d+,\d+\}/g, '$'],
];

/** Throws SyntaxError for what is no pattern in JavaScript. */
export const compile = (pattern: string): RegExp =>
  new RegExp(`^(?:${javaOnly.reduce((text, [java, own]) => text.replaceAll(java, own), pattern)})$`, 'u');

function fits({ type }: Shape, value: unknown): boolean {
  switch (type) {
    case 'structure':
    case 'map':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'list':
      return Array.isArray(value);
    case 'string':
    case 'blob':
      return typeof value === 'string';
    case 'boolean':
      return typeof value === 'boolean';
    case 'integer':
    case 'long':
      return Number.isInteger(value);
    default:
      return typeof value === 'number';
  }
}

const typeNames: Partial<Record<Shape['type'], string>> = {
  string: 'a String',
  blob: 'a String',
  integer: 'an Integer',
  long: 'a Long',
  float: 'a Float',
  double: 'a Double',
  timestamp: 'a Timestamp',
  boolean: 'a Boolean',
};

function mismatch({ type }: Shape, value: unknown): string {
  const wanted = typeNames[type];
  if (wanted === undefined || typeof value === 'object') return 'Unexpected token in the request body';
  const token = typeof value === 'boolean' ? `${value}` : typeof value;
  return `${token.toUpperCase()}_VALUE can not be converted to ${wanted}`;
}
