import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { listRepr } from '../../built-in-xgboost/python.ts';
import { ModelError, UserError } from './faults.ts';
import type { Matrix } from './matrix.ts';
import { type Model, parseModel } from './model.ts';
import { type Payload, parsePayload } from './payload.ts';
import { bareAccept, encodingFor, type ScoreEncoding, SUPPORTED_ACCEPTS } from './score-encoding.ts';
import { Scorer } from './scorer.ts';
import { Turn } from './turn.ts';

export interface InvokeRequest {
  readonly contentType: string;
  readonly accept: string;
  readonly body: Buffer;
}

export interface InvokeResponse {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer;
}

/** An answer whose rows are scored as they are read. */
export interface InvokeStream {
  readonly status: number;
  readonly contentType: string;
  readonly body: AsyncIterable<Buffer> | Iterable<Buffer>;
}

/** POST /invocations of the serving container (1.3 and later). Faults of the request are answers, never rejections. */
export interface XgboostServer {
  invoke(request: InvokeRequest): Promise<InvokeResponse>;
  stream(request: InvokeRequest): Promise<InvokeStream>;
}

/** Rows scored between two looks at the clock. */
const SLICE_ROWS = 64;
/** How long, in milliseconds, one request may keep others waiting. */
const TURN = 5;

/**
 * Serves the model in `modelDir/xgboost-model`, or in the directory's only file.
 * @throws ModelError, naming the file, if there is none or it cannot be read as an XGBoost JSON model.
 */
export async function loadXgboostServer(modelDir: string): Promise<XgboostServer> {
  const path = join(modelDir, await modelFile(modelDir));
  let model: Model;
  try {
    model = parseModel(await readFile(path, 'utf8'));
  } catch (error) {
    throw new ModelError(`Unable to load model: Model ${path} cannot be loaded: ${(error as Error).message}`);
  }
  const scorer = new Scorer(model, servedRounds(model));
  const answer = (request: InvokeRequest) => stream(scorer, model.features, request);
  return { invoke: async (request) => whole(await answer(request)), stream: answer };
}

async function modelFile(modelDir: string): Promise<string> {
  const files = await readdir(modelDir).catch(() => []);
  const visible = files.filter((name) => !name.startsWith('.'));
  const found = visible.find((name) => name === 'xgboost-model') ?? (visible.length === 1 ? visible[0] : undefined);
  if (found === undefined) throw new ModelError(`Unable to load model: no xgboost-model in ${modelDir}`);
  return found;
}

/** After early stopping, 1.x notes how many trees of an output are best, and the container uses these only. */
function servedRounds(model: Model): number {
  const limit = Number(model.attributes.best_ntree_limit ?? 0);
  return limit > 0 ? Math.ceil(limit / model.parallelTrees) : Number.POSITIVE_INFINITY;
}

/** The order of the steps is the container's: it decides which of several faults is reported. */
async function stream(scorer: Scorer, features: number, request: InvokeRequest): Promise<InvokeStream> {
  if (request.body.length === 0) return failure(204, '');
  const turn = new Turn(TURN);
  let payload: Payload;
  try {
    payload = await parsePayload(request.contentType, request.body, turn);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return failure(415, error.message);
  }
  const mismatch = featureMismatch(payload, features);
  if (mismatch) return failure(400, `Unable to evaluate payload provided: ${mismatch}`);
  const encoding = encodingFor(request.accept);
  if (!encoding) {
    const supported = `Please use supported accept types: ${listRepr(SUPPORTED_ACCEPTS)}.`;
    return failure(406, `Accept type ${bareAccept(request.accept)} is not supported. ${supported}`);
  }
  return { status: 200, contentType: encoding.contentType, body: score(scorer, payload.matrix, encoding, turn) };
}

/** The rows' scores, a slice at a time. */
async function* score(scorer: Scorer, matrix: Matrix, encoding: ScoreEncoding, turn: Turn): AsyncGenerator<Buffer> {
  const { outputs } = scorer;
  let text = encoding.start;
  for (let from = 0; from < matrix.rows; from += SLICE_ROWS) {
    const scores = scorer.predict(matrix, from, Math.min(matrix.rows, from + SLICE_ROWS));
    for (let at = 0; at < scores.length; at += outputs) {
      if (from + at > 0) text += encoding.separator;
      text += encoding.row(scores.subarray(at, at + outputs));
    }
    yield Buffer.from(text);
    text = '';
    if (turn.isOver) await turn.next();
  }
  if (text !== '' || encoding.end !== '') yield Buffer.from(text + encoding.end);
}

async function whole({ body, ...head }: InvokeStream): Promise<InvokeResponse> {
  const pieces: Buffer[] = [];
  for await (const piece of body) pieces.push(piece);
  return { ...head, body: pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces) };
}

/**
 * The container leaves this check to XGBoost for models in XGBoost's own format, which takes a CSV row that is too short as
 * one with missing values; its check of pickled models, whose wording this is, does not let a shifted row pass.
 */
function featureMismatch({ format, matrix }: Payload, features: number): string | null {
  if (format === 'libsvm') {
    if (matrix.columns <= features) return null;
    return `Feature size of libsvm inference data ${matrix.columns} is larger than feature size of trained model ${features}.`;
  }
  if (matrix.columns === features) return null;
  return `Feature size of csv inference data ${matrix.columns} is not consistent with feature size of trained model ${features}.`;
}

function failure(status: number, message: string): InvokeStream {
  return { status, contentType: 'text/html; charset=utf-8', body: [Buffer.from(message)] };
}
