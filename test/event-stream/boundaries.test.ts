import t from 'tap';
import { Boundaries } from '../../src/event-stream/boundaries.ts';
import { payloadPart, streamException } from '../../src/event-stream/message.ts';

const messages = [
  payloadPart(Buffer.from('one')),
  payloadPart(Buffer.alloc(0)),
  payloadPart(Buffer.alloc(70_000, 7)),
  streamException('InternalStreamFailure', { Message: 'over' }),
];
const stream = Buffer.concat(messages);
let sum = 0;
const ends = messages.map(({ length }) => (sum += length));

t.test('ends are found however the stream is cut', async (t) => {
  for (const size of [1, 2, 3, 5, 12, 100, 65_536, stream.length]) {
    const boundaries = new Boundaries();
    t.ok(boundaries.between, 'before the first');
    const found: number[] = [];
    for (let from = 0; from < stream.length; from += size) {
      const piece = stream.subarray(from, from + size);
      for (let at = 0; at < piece.length; ) {
        at = boundaries.take(piece, at);
        if (boundaries.between) found.push(from + at);
      }
    }
    t.strictSame(found, ends, `pieces of ${size} bytes`);
  }
});

t.test('what is no event stream has an end all the same', async (t) => {
  const boundaries = new Boundaries();
  const bytes = Buffer.alloc(16);
  t.equal(boundaries.take(bytes, 0), 4, 'a message that says it is shorter than its own length');
  t.equal(boundaries.take(bytes, 15), 16);
  t.notOk(boundaries.between);
});
