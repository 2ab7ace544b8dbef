import t from 'tap';
import type { GatewayError } from '../../src/errors.ts';
import { csvCell, inspectCsv } from '../../src/predict/codecs/csv.ts';
import { parseScores } from '../../src/predict/codecs/scores.ts';
import { RowFaults } from '../../src/predict/row-faults.ts';

const names = ['age', 'campaign', 'pdays'];
const expected = { columns: names.length, columnName: (i: number) => names[i] ?? '' };

const faultsOf = (faults: RowFaults) => {
  try {
    faults.throwIfAny();
    return [];
  } catch (error) {
    return (error as GatewayError).facts.errors?.map(({ pointer, detail }) => `${pointer}: ${detail}`);
  }
};

function inspect(text: string) {
  const faults = new RowFaults();
  const rows = inspectCsv(Buffer.from(text), expected, '/data', faults);
  return { rows, faults: faultsOf(faults) };
}

t.test('CSV rows are counted and their cells checked', async (t) => {
  t.strictSame(inspect('1,2,3'), { rows: 1, faults: [] });
  t.strictSame(inspect('1,2,3\n4,5,6\n'), { rows: 2, faults: [] }, 'a newline at the end makes no row');
  t.strictSame(inspect('1,2,3\r\n4,5,6\r\n'), { rows: 2, faults: [] }, 'lines may end as on Windows');
  t.strictSame(inspect('-1.5e-3, +2 ,.5'), { rows: 1, faults: [] }, 'signs, exponents and spaces');
  t.strictSame(inspect(',2,'), { rows: 1, faults: [] }, 'an empty cell is a missing value');
  t.strictSame(inspect('1,2'), { rows: 1, faults: ['/data: row 1 has 2 columns, the model takes 3'] });
  t.strictSame(inspect('1,2,3\n1,2,3,4').faults, ['/data: row 2 has 4 columns, the model takes 3']);
  t.strictSame(inspect('1,x,3\n1,2,1e').faults, [
    '/data: row 1, campaign: "x" is not a number',
    '/data: row 2, pdays: "1e" is not a number',
  ]);
  t.strictSame(inspect('1,2,3\n\n1,2,3').faults, ['/data: row 2 is empty']);
  for (const wrong of ['.', '-', '1.2.3', '0x10', 'NaN', 'Infinity', '1 2', '"1"', '１']) {
    t.match(inspect(`1,${wrong},3`).faults, [/is not a number/], wrong);
  }
});

t.test('what looks like a number is one, and the other way round', async (t) => {
  // Number() is the oracle for every text of up to four of these characters, but for what it takes beyond plain decimals.
  const alphabet = ['1', '0', '.', '-', '+', 'e', 'E'];
  let texts = [''];
  for (let length = 1; length <= 4; length += 1) {
    texts = texts.flatMap((text) => alphabet.map((letter) => text + letter));
    const wrong = texts.filter((text) => (inspect(`1,${text},1`).faults?.length === 0) !== !Number.isNaN(Number(text)));
    t.strictSame(wrong, [], `${texts.length} texts of length ${length}`);
  }
});

t.test('a hostile number of faults is counted, not listed', async (t) => {
  const faults = new RowFaults();
  inspectCsv(Buffer.from('x,x,x\n'.repeat(10_000)), expected, '', faults);
  t.throws(() => faults.throwIfAny(), /and 29999 more/);
  t.equal(faultsOf(faults)?.length, 20);
});

t.test('numbers are written as short as they can be, without loss', async (t) => {
  t.equal(csvCell(1e-7), '1e-7');
  t.equal(csvCell(0.1 + 0.2), '0.30000000000000004');
});

const scores = (text: string, type = 'text/csv') => parseScores(Buffer.from(text), type);

t.test('scores are read in each form that XGBoost containers have had', async (t) => {
  t.strictSame(scores('0.25\n0.5\n'), [0.25, 0.5], 'one a line');
  t.strictSame(scores('0.25,0.5'), [0.25, 0.5], 'all on one line');
  t.strictSame(
    scores('[0.2, 0.8]\n[0.9, 0.1]\n'),
    [
      [0.2, 0.8],
      [0.9, 0.1],
    ],
    'a list a line',
  );
  t.strictSame(
    scores('0.2,0.8\n0.9,0.1\n'),
    [
      [0.2, 0.8],
      [0.9, 0.1],
    ],
    'several columns',
  );
  t.strictSame(scores('1e-05\n'), [0.00001]);
  t.strictSame(scores(''), []);
  t.throws(() => scores('<html>'), /not a score/);
  t.throws(() => scores('0.1,,0.2'), /not a score/);
});
