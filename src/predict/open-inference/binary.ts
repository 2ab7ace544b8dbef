import type { Datatype, InferRequest, InferResponse, OutputTensor } from './schemas.ts';
import { refused } from './tensor.ts';

// The extension for binary tensors: the JSON comes first, as long as the header says, and the elements of the tensors behind it, in the tensors'
// order and little-endian. Source: https://github.com/triton-inference-server/server/blob/main/docs/protocol/extension_binary_data.md

/** The length of the JSON in a body, where elements follow it. */
export const lengthHeader = 'inference-header-content-length';

type Element = number | string | null;

/** IEEE 754 binary16, which Node reads from version 24 on only. */
function readHalf(bytes: Buffer, at: number): number {
  const half = bytes.readUInt16LE(at);
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1_024) * 2 ** (exponent - 15));
}

type Reader = readonly [width: number, read: (bytes: Buffer, at: number) => number];

const readers: Readonly<Record<Exclude<Datatype, 'BYTES'>, Reader>> = {
  BOOL: [1, (bytes, at) => bytes.readUInt8(at)],
  UINT8: [1, (bytes, at) => bytes.readUInt8(at)],
  UINT16: [2, (bytes, at) => bytes.readUInt16LE(at)],
  UINT32: [4, (bytes, at) => bytes.readUInt32LE(at)],
  UINT64: [8, (bytes, at) => Number(bytes.readBigUInt64LE(at))],
  INT8: [1, (bytes, at) => bytes.readInt8(at)],
  INT16: [2, (bytes, at) => bytes.readInt16LE(at)],
  INT32: [4, (bytes, at) => bytes.readInt32LE(at)],
  INT64: [8, (bytes, at) => Number(bytes.readBigInt64LE(at))],
  FP16: [2, readHalf],
  FP32: [4, (bytes, at) => bytes.readFloatLE(at)],
  FP64: [8, (bytes, at) => bytes.readDoubleLE(at)],
};

/** BYTES: each element behind its length. */
function readTexts(name: string, bytes: Buffer): Element[] {
  const texts: Element[] = [];
  let at = 0;
  while (at < bytes.length) {
    const start = at + 4;
    const end = start <= bytes.length ? start + bytes.readUInt32LE(at) : Number.POSITIVE_INFINITY;
    if (end > bytes.length) throw refused(`The input ${name} ends within its element ${texts.length}.`);
    texts.push(bytes.toString('utf8', start, end));
    at = end;
  }
  return texts;
}

/** Not a number is a missing value, as null is in JSON. */
function elementsOf(name: string, datatype: unknown, bytes: Buffer): Element[] {
  if (datatype === 'BYTES') return readTexts(name, bytes);
  const reader = Object.hasOwn(readers, String(datatype)) ? readers[datatype as keyof typeof readers] : undefined;
  if (reader === undefined) throw refused(`The input ${name} has no datatype that can be read from binary data.`);
  const [width, read] = reader;
  if (bytes.length % width !== 0) {
    throw refused(`The input ${name} has ${bytes.length} bytes, which is not a multiple of ${width}.`);
  }
  return Array.from({ length: bytes.length / width }, (_, i) => {
    const element = read(bytes, i * width);
    return Number.isNaN(element) ? null : element;
  });
}

/** How long the JSON at the start of a body is. @throws GatewayError validation_failed */
export function jsonLength(header: unknown, body: Buffer): number {
  const length = typeof header === 'string' && /^\d{1,10}$/.test(header) ? Number(header) : Number.NaN;
  if (!(length <= body.length)) throw refused(`The header ${lengthHeader} is not the length of the JSON in the body.`);
  return length;
}

interface BinaryInput {
  readonly name?: unknown;
  readonly datatype?: unknown;
  readonly parameters?: { readonly binary_data_size?: unknown };
  data?: unknown;
}

/**
 * Puts the elements behind the JSON into the tensors that they belong to, so that all that follows sees tensors in JSON. The request has not been
 * checked yet. @throws GatewayError validation_failed
 */
export function fillTensors(request: unknown, elements: Buffer): void {
  const inputs: unknown = Object(request).inputs;
  let at = 0;
  for (const input of Array.isArray(inputs) ? (inputs as (BinaryInput | null)[]) : []) {
    const size = input?.parameters?.binary_data_size;
    if (input === null || size === undefined) continue;
    const name = String(input.name);
    if (!Number.isInteger(size) || (size as number) < 0 || at + (size as number) > elements.length) {
      throw refused(`The binary_data_size of the input ${name} is not a number of bytes that the body has.`);
    }
    if (input.data !== undefined) throw refused(`The input ${name} has both data and binary data.`);
    input.data = elementsOf(name, input.datatype, elements.subarray(at, at + (size as number)));
    at += size as number;
  }
  if (at !== elements.length) throw refused(`${elements.length - at} bytes in the body belong to no input.`);
}

function bytesOf({ datatype, data }: OutputTensor): Buffer {
  if (datatype !== 'BYTES') {
    const bytes = Buffer.allocUnsafe(data.length * 8);
    for (const [i, element] of data.entries()) bytes.writeDoubleLE(Number(element), i * 8);
    return bytes;
  }
  return Buffer.concat(
    data.flatMap((element) => {
      const text = Buffer.from(String(element));
      const length = Buffer.allocUnsafe(4);
      length.writeUInt32LE(text.length);
      return [length, text];
    }),
  );
}

type Wishes = { [Member in 'outputs' | 'parameters']: InferRequest[Member] | undefined };

/** Whether an output is wanted as binary data: it says so itself, or the request does for all of them. */
function wantedAsBytes({ outputs, parameters }: Wishes, name: string): boolean {
  const own = outputs?.find((output) => output.name === name)?.parameters?.binary_data;
  return (own ?? parameters?.binary_data_output) === true;
}

/** An answer with the outputs that the request wants so as binary data; undefined when it wants none. */
export function binaryAnswer(
  wishes: Wishes,
  answer: InferResponse,
): { readonly jsonLength: number; readonly body: Buffer } | undefined {
  const elements: Buffer[] = [];
  const outputs = answer.outputs.map((output) => {
    if (!wantedAsBytes(wishes, output.name)) return output;
    const bytes = bytesOf(output);
    elements.push(bytes);
    const { name, datatype, shape } = output;
    return { name, datatype, shape, parameters: { binary_data_size: bytes.length } };
  });
  if (elements.length === 0) return undefined;
  const json = Buffer.from(JSON.stringify({ ...answer, outputs }));
  return { jsonLength: json.length, body: Buffer.concat([json, ...elements]) };
}
