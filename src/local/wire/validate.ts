import { Ajv, type ErrorObject, type SchemaObject } from 'ajv';
import type { Static, TSchema } from 'typebox';
import { AwsError, validationException } from './aws-error.ts';

const ajv = new Ajv({ allErrors: true, verbose: true, strict: false, useDefaults: false });

/** Checks a request against its schema; what does not fit is refused in the words of AWS's own validation. Compiled when first used. */
export function inputOf<S extends TSchema>(schema: S): (body: unknown) => Static<S> {
  let check: ReturnType<typeof ajv.compile> | undefined;
  return (body) => {
    check ??= ajv.compile(schema);
    if (!check(body)) throw refusal(check.errors ?? [], schema);
    return body as Static<S>;
  };
}

function refusal(errors: ErrorObject[], schema: SchemaObject): AwsError {
  const mistyped = errors.find(({ keyword }) => keyword === 'type');
  if (mistyped) return new AwsError('SerializationException', mismatch(mistyped));
  const faults = errors.map((error) => fault(error, schema)).filter((text) => text !== undefined);
  const count = `${faults.length} validation error${faults.length === 1 ? '' : 's'} detected`;
  return validationException(`${count}: ${faults.join('; ')}`);
}

function fault(error: ErrorObject, schema: SchemaObject): string | undefined {
  const constraint = constraintOf(error);
  if (constraint === undefined) return undefined;
  if (error.keyword === 'required') {
    return `Value null at '${member(`${error.instancePath}/${error.params.missingProperty}`, schema).path}' failed to satisfy constraint: Member must not be null`;
  }
  const { path, inMap } = member(error.instancePath, schema);
  if (inMap)
    return `Value at '${path}' failed to satisfy constraint: Map value must satisfy constraint: [${constraint}]`;
  const value = typeof error.data === 'object' ? JSON.stringify(error.data) : String(error.data);
  return `Value '${value}' at '${path}' failed to satisfy constraint: ${constraint}`;
}

function constraintOf({ keyword, params }: ErrorObject): string | undefined {
  switch (keyword) {
    case 'required':
      return 'Member must not be null';
    case 'pattern':
      return `Member must satisfy regular expression pattern: ${unanchored(params.pattern)}`;
    case 'enum':
      return `Member must satisfy enum value set: [${params.allowedValues.join(', ')}]`;
    case 'maxLength':
    case 'maxItems':
    case 'maxProperties':
      return `Member must have length less than or equal to ${params.limit}`;
    case 'minLength':
    case 'minItems':
      return `Member must have length greater than or equal to ${params.limit}`;
    case 'maximum':
      return `Member must have value less than or equal to ${params.limit}`;
    case 'minimum':
      return `Member must have value greater than or equal to ${params.limit}`;
    default:
      return undefined;
  }
}

/** AWS writes patterns without the anchors that it applies. */
export const anchored = (pattern: string) => `^(?:${pattern})$`;
const unanchored = (pattern: string) => pattern.replace(/^\^\(\?:(.*)\)\$$/s, '$1');

/** `/InputDataConfig/0/ChannelName` is inputDataConfig.1.member.channelName to AWS; the entries of a map have no path of their own. */
function member(pointer: string, root: SchemaObject): { path: string; inMap: boolean } {
  const path: string[] = [];
  let at: SchemaObject | undefined = root;
  for (const name of pointer.split('/').slice(1)) {
    if (at?.items) {
      path.push(`${Number(name) + 1}`, 'member');
      at = at.items;
    } else if (at?.properties?.[name]) {
      path.push(name.charAt(0).toLowerCase() + name.slice(1));
      at = at.properties[name];
    } else {
      return { path: path.join('.'), inMap: true };
    }
  }
  return { path: path.join('.'), inMap: false };
}

const typeNames: Record<string, string> = {
  string: 'a String',
  integer: 'an Integer',
  number: 'a Float',
  boolean: 'a Boolean',
};

function mismatch({ data, params }: ErrorObject): string {
  const wanted = typeNames[params.type];
  if (wanted === undefined || typeof data === 'object') return 'Unexpected token in the request body';
  const token = typeof data === 'boolean' ? `${data}`.toUpperCase() : `${typeof data}`.toUpperCase();
  return `${token}_VALUE can not be converted to ${wanted}`;
}
