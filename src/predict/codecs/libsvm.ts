import type { RowFaults } from '../row-faults.ts';
import type { Cell } from '../schemas.ts';

const number = /^[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?$/i;

function wrongToken(token: string, previous: number, maxIndex: number): string | number {
  const [, digits = '', value = ''] = /^(\d{1,10}):(.+)$/.exec(token) ?? [];
  if (!number.test(value) && !/^nan$/i.test(value)) return `"${token.slice(0, 40)}" is not index:value`;
  const index = Number(digits);
  if (index <= previous) return `index ${index} follows ${previous}, indices must ascend`;
  if (index > maxIndex) return `index ${index} is beyond the model's last, ${maxIndex}`;
  return index;
}

/**
 * Counts the rows of a libsvm body and checks that each is an optional label and `index:value` with ascending indices up to `maxIndex`, if the
 * model's columns are known.
 */
export function inspectLibsvm(body: Buffer, maxIndex: number | undefined, faults: RowFaults): number {
  const lines = body.toString().trimEnd().split('\n');
  for (const [i, line] of lines.entries()) {
    const [content = ''] = line.split('#', 1);
    const [label = '', ...rest] = content.trim().split(/\s+/);
    if (label === '') faults.add('', `row ${i + 1} is empty`);
    const tokens = number.test(label) ? rest : [label, ...rest];
    let previous = -1;
    for (const token of label === '' ? [] : tokens) {
      const found = wrongToken(token, previous, maxIndex ?? Number.POSITIVE_INFINITY);
      if (typeof found === 'string') {
        faults.add('', `row ${i + 1}: ${found}`);
        break;
      }
      previous = found;
    }
  }
  return lines.length;
}

const pairs = /(?<=^|\s)(\d+):(\S+)/g;

/** A libsvm body with not a number for each value that means there is none. Its index stays: the model compares the highest with its columns. */
export function withoutMarked(body: Buffer, isMarked: (index: number, value: number) => boolean): Buffer {
  const lines = body
    .toString()
    .split('\n')
    .map((line) => {
      const comment = line.indexOf('#');
      const content = comment < 0 ? line : line.slice(0, comment);
      const read = content.replace(pairs, (pair, index: string, value: string) =>
        isMarked(Number(index), Number(value)) ? `${index}:nan` : pair,
      );
      return read + line.slice(content.length);
    });
  return Buffer.from(lines.join('\n'));
}

/** A row of numbers as libsvm, indices from 0, as XGBoost numbers the columns of CSV; a missing value is left out, a zero is not. */
export function libsvmLine(cells: readonly Cell[]): string {
  const pairs = cells.flatMap((cell, i) => (cell === null ? [] : [`${i}:${Number(cell)}`]));
  // XGBoost reads what stands first as the label, whatever it is.
  return ['0', ...pairs].join(' ');
}
