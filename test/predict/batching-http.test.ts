import t from 'tap';
import type { ModelSettings } from '../../src/config/model-settings.ts';
import { startRecording } from './recording-model.ts';

/** Numbers that repeat from run to run. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const refused = 13;
const swallowed = 17;
const columns = ['id', 'kind'] as const;
type Row = readonly [id: number, kind: number];

/** The ways in which a caller can send rows and be answered. */
const forms: readonly ((rows: readonly Row[]) => { type: string; body: string; accept: string })[] = [
  (rows) => ({ type: 'text/csv', body: `${rows.join('\n')}\n`, accept: 'text/csv' }),
  (rows) => ({ type: 'text/csv', body: rows.join('\r\n'), accept: 'application/json' }),
  (rows) => ({ type: 'application/json', body: JSON.stringify({ instances: rows }), accept: 'application/jsonlines' }),
  (rows) => ({
    type: 'application/json',
    body: JSON.stringify({ instances: rows.map(([id, kind]) => ({ kind, id })) }),
    accept: '*/*',
  }),
  (rows) => ({ type: 'application/json', body: JSON.stringify({ data: rows.join('\n') }), accept: 'text/csv' }),
  (rows) => ({
    type: 'application/jsonlines',
    body: rows.map((row) => JSON.stringify(row)).join('\n'),
    accept: 'application/json',
  }),
];

/** The scores of an answer of any of the types. */
function scoresIn(type: string, text: string): number[] {
  if (type.startsWith('text/csv')) return text.split('\n').filter(Boolean).map(Number);
  if (type.startsWith('application/jsonlines'))
    return text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).score);
  return JSON.parse(text).predictions.map(({ score }: { score: number }) => score);
}

t.test(
  'property, over HTTP: whatever the mix of callers, forms and faults, each gets its own rows or its own error',
  async (t) => {
    const random = randomNumbers(7);
    const features = columns.map((name) => ({ name, type: 'number' as const }));
    const sizes = [
      { maxInFlight: 1, maxRows: 1_000, maxBytes: 1_000_000 },
      { maxInFlight: 2, maxRows: 7, maxBytes: 1_000_000 },
      { maxInFlight: 3, maxRows: 1_000, maxBytes: 1_024 },
    ];
    const names = sizes.map((_, i) => `m${i}`);
    const { url, answerWith } = await startRecording(
      t,
      Object.fromEntries(
        names.map((name, i) => [
          name,
          { features, batching: sizes[i], concurrency: { maxInFlight: 4, maxQueue: 10_000 } } as Partial<ModelSettings>,
        ]),
      ),
    );
    const callRows: number[] = [];
    // Each row is answered with its id, so that every score says whose it is.
    answerWith(({ body }) => {
      const rows = body
        .toString()
        .trim()
        .split('\n')
        .map((line) => line.split(',').map(Number));
      callRows.push(rows.length);
      if (rows.some(([, kind]) => kind === refused))
        return { status: 400, contentType: 'text/plain', body: Buffer.from('a bad row') };
      const kept = rows.filter(([, kind]) => kind !== swallowed);
      return { status: 200, contentType: 'text/csv', body: Buffer.from(kept.map(([id]) => `${id}\n`).join('')) };
    });

    async function ask(caller: number, round: number): Promise<string | undefined> {
      const rows = Array.from({ length: 1 + random(5) }, (_, row): Row => {
        const fault = random(30);
        return [round * 1e6 + caller * 100 + row, fault === 0 ? refused : fault === 1 ? swallowed : 0];
      });
      const { type, body, accept } = (forms[random(forms.length)] as (typeof forms)[number])(rows);
      const response = await fetch(`${url}/predict/${names[random(names.length)]}`, {
        method: 'POST',
        headers: { 'content-type': type, accept },
        body,
      });
      const text = await response.text();
      const answerType = response.headers.get('content-type') ?? '';
      const told = `${type} for ${accept}, ${rows.join(' ')}: ${response.status} ${text}`;
      if (rows.some(([, kind]) => kind === refused))
        return response.status === 502 && JSON.parse(text).upstream?.status === 400 ? undefined : told;
      const ids = rows.filter(([, kind]) => kind !== swallowed).map(([id]) => id);
      // Fewer scores than rows are an error where the gateway writes the answer; the model's own CSV is passed on as it is.
      if (ids.length < rows.length && response.status === 502) return undefined;
      const right = response.status === 200 && JSON.stringify(scoresIn(answerType, text)) === JSON.stringify(ids);
      return right ? undefined : told;
    }

    for (let round = 1; round <= 12; round += 1) {
      const wrong = await Promise.all(Array.from({ length: 10 + random(50) }, (_, caller) => ask(caller, round)));
      t.strictSame(
        wrong.filter((one) => one !== undefined),
        [],
        `round ${round}`,
      );
    }
    t.ok(Math.max(...callRows) > 5, 'callers shared calls');
  },
);
