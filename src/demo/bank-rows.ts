import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

export type Part = 'train' | 'test';

/** Lines of CSV with their newline, a header first, of one part of a data set. */
export type RowSource = (part: Part) => AsyncIterable<string> | Iterable<string>;

/** 7 of 10 rows train, 3 test, spread evenly, so that any order of the rows will do. */
const partOf = (row: number): Part => (row % 10 < 7 ? 'train' : 'test');

/** Rows of a file with a header line. */
export const rowsOfFile = (path: string): RowSource =>
  async function* rows(part) {
    let row = -1;
    for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
      if (row === -1 || partOf(row) === part) yield `${line}\n`;
      row += 1;
    }
  };

type Category = readonly [name: string, share: number, effect: number];

/**
 * Our own imitation of the UCI Bank Marketing data in the one-hot form of AWS's tutorial: the same columns; shares, and effects on the
 * log-odds of a sale, are round numbers of ours, of the kind that a bank might see.
 */
const columns: readonly (readonly [column: string, categories: readonly Category[]])[] = [
  [
    'job',
    [
      ['admin.', 25, 0.2],
      ['blue-collar', 22, -0.4],
      ['entrepreneur', 4, -0.2],
      ['housemaid', 3, 0],
      ['management', 7, 0.1],
      ['retired', 4, 0.7],
      ['self-employed', 3, 0],
      ['services', 10, -0.2],
      ['student', 2, 0.9],
      ['technician', 16, 0],
      ['unemployed', 3, 0.2],
      ['unknown', 1, 0],
    ],
  ],
  [
    'marital',
    [
      ['divorced', 11, 0],
      ['married', 60, -0.1],
      ['single', 28, 0.2],
      ['unknown', 1, 0],
    ],
  ],
  [
    'education',
    [
      ['basic.4y', 10, -0.2],
      ['basic.6y', 6, -0.2],
      ['basic.9y', 15, -0.3],
      ['high.school', 23, 0],
      ['illiterate', 1, 0],
      ['professional.course', 12, 0.1],
      ['university.degree', 29, 0.3],
      ['unknown', 4, 0.1],
    ],
  ],
  [
    'default',
    [
      ['no', 79, 0.2],
      ['unknown', 20, -0.6],
      ['yes', 1, -1],
    ],
  ],
  [
    'housing',
    [
      ['no', 45, 0],
      ['unknown', 2, 0],
      ['yes', 53, 0.1],
    ],
  ],
  [
    'loan',
    [
      ['no', 82, 0],
      ['unknown', 2, 0],
      ['yes', 16, 0],
    ],
  ],
  [
    'contact',
    [
      ['cellular', 64, 0.4],
      ['telephone', 36, -0.6],
    ],
  ],
  [
    'month',
    [
      ['apr', 6, 0.6],
      ['aug', 15, 0],
      ['dec', 1, 1.6],
      ['jul', 17, -0.1],
      ['jun', 13, 0],
      ['mar', 2, 1.8],
      ['may', 33, -0.6],
      ['nov', 10, -0.1],
      ['oct', 2, 1.5],
      ['sep', 1, 1.5],
    ],
  ],
  [
    'day_of_week',
    [
      ['fri', 19, 0],
      ['mon', 21, -0.1],
      ['thu', 21, 0.1],
      ['tue', 19, 0.1],
      ['wed', 20, 0.1],
    ],
  ],
];

/** The last column follows from whether there was an earlier campaign, so it is not drawn by shares. */
const outcomes = ['failure', 'nonexistent', 'success'];

const header = [
  ...['age', 'campaign', 'pdays', 'previous', 'no_previous_contact', 'not_working'],
  ...columns.flatMap(([column, categories]) => categories.map(([name]) => `${column}_${name}`)),
  ...outcomes.map((name) => `poutcome_${name}`),
  ...['y_no', 'y_yes'],
];

/** Mulberry32: 32 bits of state are plenty here, and the same seed must give the same demo everywhere. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function pick(categories: readonly Category[], random: () => number): number {
  let left = random() * categories.reduce((sum, [, share]) => sum + share, 0);
  const index = categories.findIndex(([, share]) => {
    left -= share;
    return left < 0;
  });
  return index === -1 ? categories.length - 1 : index;
}

const oneHot = (length: number, at: number): number[] => Array.from({ length }, (_, i) => (i === at ? 1 : 0));

function makeRow(random: () => number): number[] {
  const chosen = columns.map(([, categories]) => pick(categories, random));
  const [job = ''] = columns[0]?.[1][chosen[0] ?? 0] ?? [];
  const notWorking = ['student', 'retired', 'unemployed'].includes(job);
  const spread = random() + random() + random();
  const age = Math.round(job === 'student' ? 18 + 5 * spread : job === 'retired' ? 50 + 14 * spread : 22 + 13 * spread);
  const campaign = 1 + Math.floor(-1.6 * Math.log(1 - random()));
  const contactedBefore = random() < 0.14;
  const success = contactedBefore && random() < 0.25;
  const pdays = success ? 1 + Math.floor(14 * random()) : 999;
  const previous = contactedBefore ? 1 + Math.floor(2 * random()) : 0;

  let logOdds = -2.6 - 0.12 * (campaign - 1) + (success ? 2.8 : 0) + (age > 60 ? 0.5 : 0);
  for (const [i, [, categories]] of columns.entries()) logOdds += categories[chosen[i] ?? 0]?.[2] ?? 0;
  const yes = random() < 1 / (1 + Math.exp(-logOdds)) ? 1 : 0;

  return [
    ...[age, campaign, pdays, previous, pdays === 999 ? 1 : 0, notWorking ? 1 : 0],
    ...columns.flatMap(([, categories], i) => oneHot(categories.length, chosen[i] ?? 0)),
    ...oneHot(outcomes.length, success ? 2 : contactedBefore ? 0 : 1),
    ...[1 - yes, yes],
  ];
}

/** Synthetic rows, the same for the same seed. */
export const syntheticRows = (count: number, seed: number): RowSource =>
  function* rows(part) {
    const random = randomFrom(seed);
    yield `${header.join(',')}\n`;
    for (let row = 0; row < count; row += 1) {
      const line = `${makeRow(random).join(',')}\n`;
      if (partOf(row) === part) yield line;
    }
  };
