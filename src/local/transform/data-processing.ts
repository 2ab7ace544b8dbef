import { parse } from 'csv-parse/sync';
import { type JsonPath, parseJsonPath } from './json-path.ts';

export interface DataProcessing {
  InputFilter?: string;
  OutputFilter?: string;
  JoinSource?: string;
}

/** What is done to records on their way to the model, and to its answer on the way back. */
export interface Processing {
  /** Whether an answer must be taken apart into records again. */
  readonly output: boolean;
  before(record: Buffer): Buffer;
  /** The records of the output for an answer to these records of the input. */
  after(records: Buffer[], answer: Buffer): Buffer[];
}

/** How records of a content type are values that a JSONPath can select from. */
interface Form {
  read(record: string): unknown;
  write(value: unknown): string;
  join(input: unknown, output: unknown): unknown;
  /** Records of an answer; `whole` when the input was one. */
  split(answer: string, whole: boolean): string[];
}

const lines = (text: string) => text.replace(/\r?\n$/, '').split(/\r?\n/);

/** A row is an array of its cells. */
const csv: Form = {
  read: (row) => (parse(row, { relax_column_count: true, relax_quotes: true }) as string[][])[0] ?? [],
  write: (value) => (Array.isArray(value) ? value : [value]).map(cell).join(','),
  join: (input, output) => [...asArray(input), ...asArray(output)],
  split: lines,
};

const json: Form = {
  read: (text) => JSON.parse(text),
  write: (value) => JSON.stringify(value),
  join: (input, output) =>
    typeof input === 'object' && input !== null && !Array.isArray(input)
      ? { ...input, SageMakerOutput: output }
      : { SageMakerInput: input, SageMakerOutput: output },
  split: (answer, whole) => (whole ? [answer] : lines(answer)),
};

const asArray = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);
const cell = (value: unknown) => {
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

function formOf(contentType: string): Form | undefined {
  if (/^text\/csv\b/.test(contentType)) return csv;
  return /^application\/(json|jsonlines|x-jsonlines)\b/.test(contentType) ? json : undefined;
}

export const isProcessable = (contentType: string): boolean => formOf(contentType) !== undefined;

const picker = (filter = '$'): JsonPath | undefined => (filter === '$' ? undefined : parseJsonPath(filter));

/** Throws a SyntaxError for a filter that is no JSONPath. */
export function dataProcessing(
  { InputFilter, OutputFilter, JoinSource = 'None' }: DataProcessing,
  contentType: string,
): Processing {
  const form = formOf(contentType) ?? csv;
  const [take, keep] = [picker(InputFilter), picker(OutputFilter)];
  const joined = JoinSource === 'Input';
  return {
    output: joined || keep !== undefined,
    before: (record) => (take ? Buffer.from(form.write(take(form.read(record.toString())))) : record),
    after(records, answer) {
      const answers = form.split(answer.toString(), records.length === 1 && form === json);
      if (joined && answers.length !== records.length) {
        throw new Error('Fail to join data: mismatched line counts between the input and the output');
      }
      return answers.map((text, at) => {
        const output = form.read(text);
        const value = joined ? form.join(form.read(String(records[at])), output) : output;
        return Buffer.from(form.write(keep ? keep(value) : value));
      });
    },
  };
}
