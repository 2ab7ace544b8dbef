import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { GatewayError } from '../../src/errors.ts';
import { joinBodies, splitAnswer } from '../../src/predict/batch-format.ts';
import { batching } from '../../src/predict/batching.ts';
import type { ModelAnswer, ModelCall, Send } from '../../src/predict/call.ts';

const limits = { maxInFlight: 2, maxQueue: 1_000, maxRows: 1_000, maxBytes: 1_000_000 };

const call = (body: string, more: Partial<ModelCall> = {}): ModelCall => ({
  endpoint: 'e',
  contentType: 'text/csv',
  accept: 'text/csv',
  body: Buffer.from(body),
  rows: body.trimEnd().split('\n').length,
  deadline: performance.now() + 10_000,
  ...more,
});

const answer = (body: string): ModelAnswer => ({
  contentType: 'text/csv',
  body: Buffer.from(body),
  headers: {},
  upstreamMs: 1,
});

/** A model that answers each row with the row itself, so that every score says whose it is. */
function echo({ latencyMs = 2, form = 'lines' as 'lines' | 'one line' } = {}) {
  const calls: { rows: number; body: string }[] = [];
  const send: Send = async ({ body, rows = 1 }) => {
    calls.push({ rows, body: body.toString() });
    await sleep(latencyMs);
    const lines = body.toString().trimEnd().split('\n');
    if (lines.some((line) => line.includes('bad'))) {
      throw new GatewayError('model_error', 'a bad row', { upstream: { status: 415, message: 'a bad row' } });
    }
    // A model that swallows rows: the answer is shorter than the question.
    const kept = lines.filter((line) => !line.includes('swallowed'));
    return answer(form === 'lines' ? `${kept.join('\n')}\n` : kept.join(','));
  };
  return { send, calls };
}

t.test('an idle model gets each request at once and as it is', async (t) => {
  const { send, calls } = echo();
  const batched = batching(limits, send);
  t.equal((await batched(call('1\n'))).body.toString(), '1\n');
  t.strictSame(calls, [{ rows: 1, body: '1\n' }]);
});

t.test('what waits for a busy model leaves together when a call returns', async (t) => {
  const { send, calls } = echo();
  const batched = batching(limits, send);
  const answers = await Promise.all(['1', '2', '3\n4\n', '5', '6'].map((body) => batched(call(body))));
  t.strictSame(
    answers.map(({ body }) => body.toString()),
    ['1\n', '2\n', '3\n4\n', '5\n', '6\n'],
  );
  t.strictSame(
    calls.map(({ rows }) => rows),
    [1, 1, 4],
  );
});

t.test('a batch is bounded in rows and in bytes, and one that is too large by itself goes alone', async (t) => {
  const { send, calls } = echo();
  const batched = batching({ ...limits, maxInFlight: 1, maxRows: 3, maxBytes: 100 }, send);
  const large = 'x'.repeat(200);
  await Promise.all(['0', '1\n2', '3', '4', large, '5'].map((body) => batched(call(body))));
  t.strictSame(
    calls.map(({ rows }) => rows),
    [1, 3, 1, 1, 1],
  );
});

t.test('only equal targets and types share a batch; what is not rows goes alone', async (t) => {
  const { send, calls } = echo();
  const batched = batching({ ...limits, maxInFlight: 1 }, send);
  await Promise.all([
    batched(call('0')),
    batched(call('a')),
    batched(call('b', { headers: { 'x-amzn-sagemaker-target-variant': 'v2' } })),
    batched(call('c', { accept: 'application/jsonlines' })),
    batched(call('d', { contentType: 'image/png' })),
    batched(call('e', { accept: 'application/json' })),
    batched(call('f')),
  ]);
  t.strictSame(calls.map(({ body }) => body).sort(), ['0', 'a\nf', 'b', 'c', 'd', 'e'].sort());
});

t.test('a bad row hurts only its sender', async (t) => {
  const { send } = echo();
  const batched = batching({ ...limits, maxInFlight: 1 }, send);
  const results = await Promise.allSettled(['0', '1', 'bad', '2', 'swallowed', '3'].map((body) => batched(call(body))));
  t.strictSame(
    results.map((result) =>
      result.status === 'fulfilled' ? result.value.body.toString() : (result.reason as GatewayError).code,
    ),
    ['0\n', '1\n', 'model_error', '2\n', '\n', '3\n'],
  );
});

t.test('throttling is not answered with more requests', async (t) => {
  let calls = 0;
  const throttled: Send = async () => {
    calls += 1;
    await sleep(2);
    throw new GatewayError('throttled', 'slow down');
  };
  const batched = batching({ ...limits, maxInFlight: 1 }, throttled);
  const results = await Promise.allSettled(['0', '1', '2', '3'].map((body) => batched(call(body))));
  t.ok(results.every(({ status }) => status === 'rejected'));
  t.equal(calls, 2);
});

t.test('the queue is bounded, and who waits too long is told then and never sent', async (t) => {
  const { send, calls } = echo();
  const busy = Promise.withResolvers<void>();
  const held: Send = async (one) => {
    await busy.promise;
    return send(one);
  };
  const batched = batching({ ...limits, maxInFlight: 1, maxQueue: 2 }, held);
  const first = batched(call('0'));
  const short = batched(call('short', { deadline: performance.now() + 10 }));
  const patient = batched(call('patient'));
  await t.rejects(batched(call('past the queue')), { code: 'overloaded' });
  await t.rejects(short, { code: 'upstream_timeout' }, 'told at its deadline, not when the model returns');
  const replacement = batched(call('replacement'));
  busy.resolve();
  await Promise.all([first, patient, replacement]);
  t.strictSame(
    calls.map(({ body }) => body),
    ['0', 'patient\nreplacement'],
  );
});

t.test('a deadline holds also for a part that travels with others', async (t) => {
  const { send } = echo({ latencyMs: 60 });
  const batched = batching({ ...limits, maxInFlight: 1 }, send);
  const first = batched(call('0'));
  const late = batched(call('late', { deadline: performance.now() + 90 }));
  const patient = batched(call('patient'));
  await t.rejects(late, { code: 'upstream_timeout' });
  t.equal((await patient).body.toString(), 'patient\n');
  await first;
});

t.test('property: whatever the mix, each caller gets exactly its own rows or its own error', async (t) => {
  let state = 42;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  for (let round = 0; round < 60; round += 1) {
    const { send, calls } = echo({ latencyMs: random(3), form: random(2) ? 'lines' : 'one line' });
    const mixed = { maxInFlight: 1 + random(4), maxQueue: 10_000, maxRows: 1 + random(20), maxBytes: 20 + random(300) };
    const batched = batching(mixed, send);
    const requests = Array.from({ length: 1 + random(60) }, (_, caller) => {
      const rows = Array.from(
        { length: 1 + random(4) },
        (_, row) => `${caller}.${row}${random(25) === 0 ? 'bad' : ''}`,
      );
      return { rows, pause: random(4) };
    });
    await Promise.all(
      requests.map(async ({ rows, pause }) => {
        await sleep(pause);
        const bad = rows.some((row) => row.endsWith('bad'));
        const result = await batched(call(rows.join('\n'))).then(
          ({ body }) => body.toString().trimEnd().split(/[\n,]/),
          (error: GatewayError) => error.code,
        );
        if (bad) {
          if (result !== 'model_error') t.fail(`round ${round}: a bad row was answered with ${String(result)}`);
        } else if (JSON.stringify(result) !== JSON.stringify(rows))
          t.fail(`round ${round}: ${String(rows)} got ${String(result)}`);
      }),
    );
    for (const { body } of calls) {
      const parts = body.split('\n').length;
      if (parts > mixed.maxRows && new Set(body.split('\n').map((row) => row.split('.')[0])).size > 1)
        t.fail('a batch of too many rows');
    }
  }
  t.pass('60 rounds');
});

t.test('bodies join and answers split in every form', async (t) => {
  t.equal(joinBodies([Buffer.from('1\n'), Buffer.from('2\r\n'), Buffer.from('3')]).toString(), '1\n2\n3');
  const split = (text: string, rows: number[]) => splitAnswer(Buffer.from(text), rows)?.map(String);
  t.strictSame(split('a\nb\nc\n', [1, 2]), ['a\n', 'b\nc\n']);
  t.strictSame(split('a,b,c', [2, 1]), ['a,b', 'c']);
  t.strictSame(split('[1, 2]\n[3, 4]\n', [1, 1]), ['[1, 2]\n', '[3, 4]\n']);
  t.equal(split('a\nb\n', [1, 2]), undefined, 'too few');
  t.equal(split('a\nb\nc\nd\n', [1, 2]), undefined, 'too many');
  t.equal(split('a\n\nc\n', [1, 2]), undefined, 'an empty line is no answer');
  t.equal(split('', [1, 2]), undefined);
});
