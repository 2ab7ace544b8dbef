import { GatewayError } from '../../errors.ts';
import type { Datatype, Tensor } from './schemas.ts';

/** A tensor as rows: `cells` holds them one after the other, `width` cells each. */
export interface Matrix {
  readonly name: string;
  readonly datatype: Datatype;
  readonly rows: number;
  readonly width: number;
  readonly cells: readonly (number | string | null)[];
}

export const refused = (detail: string): GatewayError => new GatewayError('validation_failed', detail);

const integerBits = /^(U?)INT(\d+)$/;

/** Least and greatest value; of 64 bits what a number of JSON holds exactly. */
function integerRange(datatype: Datatype): readonly [least: number, greatest: number] | undefined {
  const [, unsigned, digits] = integerBits.exec(datatype) ?? [];
  if (digits === undefined) return undefined;
  const bits = Number(digits);
  if (bits === 64) return [unsigned ? 0 : Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];
  return unsigned ? [0, 2 ** bits - 1] : [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1];
}

/** Reads one element of a datatype; undefined when it is none. Truth is 1 or 0, as models take it. */
function elementOf(datatype: Datatype): (value: unknown) => number | string | null | undefined {
  if (datatype === 'BYTES') return (value) => (typeof value === 'string' || value === null ? value : undefined);
  if (datatype === 'BOOL') {
    return (value) =>
      typeof value === 'boolean' ? Number(value) : value === 0 || value === 1 || value === null ? value : undefined;
  }
  const range = integerRange(datatype);
  if (range === undefined) return (value) => (typeof value === 'number' || value === null ? value : undefined);
  const [least, greatest] = range;
  return (value) => {
    if (value === null) return value;
    return Number.isInteger(value) && (value as number) >= least && (value as number) <= greatest
      ? (value as number)
      : undefined;
  };
}

/** A tensor of one or two dimensions as rows. @throws GatewayError validation_failed */
export function matrixOf({ name, shape, datatype, data }: Tensor): Matrix {
  const [rows = 0, width = 1] = shape;
  if (shape.length > 2)
    throw refused(`The input ${name} has ${shape.length} dimensions; [rows] and [rows, columns] are taken.`);
  const flat = Array.isArray(data[0]) ? data.flat(shape.length - 1) : data;
  if (flat.length !== rows * width) {
    throw refused(
      `The input ${name} has ${flat.length} elements, its shape [${shape.join(', ')}] asks for ${rows * width}.`,
    );
  }
  const read = elementOf(datatype);
  const cells = flat.map((value, i) => {
    const element = read(value);
    if (element === undefined) throw refused(`The input ${name} is ${datatype}, and its element ${i} is none.`);
    return element;
  });
  return { name, datatype, rows, width, cells };
}
