import t from 'tap';
import { Ids } from '../../src/tracing/ids.ts';

t.test('ids are whole, and none comes twice, however many are drawn', async (t) => {
  const ids = new Ids();
  const traces = Array.from({ length: 3_000 }, () => ids.generateTraceId());
  const spans = Array.from({ length: 3_001 }, () => ids.generateSpanId());
  const more = Array.from({ length: 3_000 }, () => ids.draw());
  t.ok([...traces, ...more].every((id) => /^[0-9a-f]{32}$/.test(id)));
  t.ok(spans.every((id) => /^[0-9a-f]{16}$/.test(id)));
  t.equal(new Set([...traces, ...more, ...spans]).size, 9_001);
});

t.test('a drawn id is the next trace’s, once', async (t) => {
  const ids = new Ids();
  const drawn = ids.draw();
  ids.generateSpanId();
  t.equal(ids.generateTraceId(), drawn);
  t.not(ids.generateTraceId(), drawn);
});
