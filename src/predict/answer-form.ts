import { anyType } from './accept.ts';
import type { ModelAnswer } from './call.ts';
import type { ModelInput } from './input.ts';
import { essenceOf } from './media-type.ts';
import type { CallableModel } from './model.ts';
import { toCsv, toJsonLines, toLambdaAnswer, toPredictions } from './output.ts';
import type { Predictions } from './schemas.ts';

export interface Rendered {
  readonly contentType: string;
  readonly body: Buffer | string;
  /** What the body says, for who makes it a part of another one. */
  readonly predictions?: Predictions;
}

/** How a caller is answered: what is asked of the model, and what becomes of its answer. */
export interface AnswerForm {
  /** Type asked of the model. */
  readonly accept: string;
  /** The caller's wish, so that the model's refusal of it is the caller's business. */
  readonly wished: boolean;
  render(answer: ModelAnswer): Rendered;
}

const asItIs = ({ contentType, body }: ModelAnswer): Rendered => ({ contentType, body });

/** Rows are answered in the gateway's JSON, CSV or JSON lines, or in the model's own bytes; other bodies in the model's bytes alone. */
export function answerForm(type: string, { rows }: ModelInput, model: CallableModel): AnswerForm {
  const { accept } = model;
  const own: AnswerForm = { accept, wished: false, render: asItIs };
  if (rows === undefined) return type === anyType ? own : { accept: type, wished: true, render: asItIs };
  if (type === anyType || type === 'application/json') {
    if (model.response === 'model') return own;
    const contentType = 'application/json; charset=utf-8';
    if (model.response === 'lambda') {
      return { ...own, render: (answer) => ({ contentType, body: toLambdaAnswer(answer) }) };
    }
    return {
      ...own,
      render: (answer) => {
        const predictions = toPredictions(answer, rows, model);
        return { contentType, body: JSON.stringify(predictions), predictions };
      },
    };
  }
  if (type === essenceOf(accept)) return own;
  if (type === 'text/csv') {
    return {
      ...own,
      render: (answer) => ({ contentType: 'text/csv; charset=utf-8', body: toCsv(answer, rows, model) }),
    };
  }
  if (type === 'application/jsonlines') {
    return { ...own, render: (answer) => ({ contentType: type, body: Buffer.from(toJsonLines(answer, rows, model)) }) };
  }
  return { accept: type, wished: true, render: asItIs };
}
