import { floatRepr } from '../../built-in-xgboost/python.ts';

/** How scores are written: `start`, the rows with `separator` between them, `end`. */
export interface ScoreEncoding {
  readonly contentType: string;
  readonly start: string;
  readonly separator: string;
  readonly end: string;
  /** @param scores the row's outputs: one, or one a class for multi:softprob. */
  row(scores: Float32Array): string;
}

const csv: ScoreEncoding = {
  // Flask adds the charset to text types.
  contentType: 'text/csv; charset=utf-8',
  start: '',
  separator: '',
  end: '',
  row: (scores) => `${Array.from(scores, floatRepr).join(',')}\n`,
};

const json: ScoreEncoding = {
  contentType: 'application/json',
  start: '{"predictions": [',
  separator: ', ',
  end: ']}',
  row: scoreObject,
};

const jsonLines: ScoreEncoding = {
  contentType: 'application/jsonlines',
  start: '',
  separator: '',
  end: '',
  row: (scores) => `${scoreObject(scores)}\n`,
};

const ENCODINGS: ReadonlyMap<string, ScoreEncoding> = new Map([
  ['application/json', json],
  ['application/jsonlines', jsonLines],
  ['text/csv', csv],
]);

export const SUPPORTED_ACCEPTS: readonly string[] = [...ENCODINGS.keys()];

/** The encoding that the Accept header asks for, text/csv if it leaves the choice, undefined if there is none. */
export function encodingFor(accept: string): ScoreEncoding | undefined {
  const type = bareAccept(accept);
  return type === '' || type === '*/*' ? csv : ENCODINGS.get(type.toLowerCase());
}

export function bareAccept(accept: string): string {
  return (accept.split(';')[0] as string).trim();
}

/** Python's json.dumps puts a blank after colon and comma. */
function scoreObject(scores: Float32Array): string {
  const values = Array.from(scores, floatRepr).join(', ');
  return scores.length === 1 ? `{"score": ${values}}` : `{"score": [${values}]}`;
}
