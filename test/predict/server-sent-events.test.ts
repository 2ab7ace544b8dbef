import t from 'tap';
import { asServerSentEvents } from '../../src/predict/server-sent-events.ts';

async function* partsOf(pieces: readonly Uint8Array[], failure?: Error): AsyncGenerator<Uint8Array> {
  yield* pieces;
  if (failure) throw failure;
}

async function written(type: string, pieces: readonly (string | Uint8Array)[], failure?: Error): Promise<string> {
  const bytes = pieces.map((piece) => Buffer.from(piece as string));
  const out: Uint8Array[] = [];
  const events = asServerSentEvents(type, partsOf(bytes, failure), (error) => ({ detail: (error as Error).message }));
  for await (const event of events) out.push(Buffer.from(event as string));
  return Buffer.concat(out).toString();
}

const done = 'event: done\ndata: {}\n\n';

t.test('a part is an event, a line of it a data line', async (t) => {
  t.equal(await written('text/csv', ['0.5\n', '0.25\n0.1']), `data: 0.5\ndata: \n\ndata: 0.25\ndata: 0.1\n\n${done}`);
  t.equal(await written('application/json; charset=utf-8', ['{"a":1}']), `data: {"a":1}\n\n${done}`);
  t.equal(await written('text/plain', []), done);
});

t.test('a part that ends within a character', async (t) => {
  const euro = Buffer.from('5 €');
  const pieces = [euro.subarray(0, 3), euro.subarray(3, 4), euro.subarray(4)];
  t.equal(await written('text/plain', pieces), `data: 5 \n\ndata: €\n\n${done}`);
});

t.test('what is no text goes in base64', async (t) => {
  t.equal(await written('application/x-npy', [new Uint8Array([0, 255, 10])]), `data: AP8K\n\n${done}`);
});

t.test('no line of the model can pass for a field of the protocol', async (t) => {
  t.equal(
    await written('text/plain', ['a\revent: done\r\n\nid: 1']),
    `data: a\ndata: event: done\ndata: \ndata: id: 1\n\n${done}`,
  );
});

t.test('a failure is the last event', async (t) => {
  t.equal(
    await written('text/plain', ['a'], new Error('broke')),
    'data: a\n\nevent: error\ndata: {"detail":"broke"}\n\n',
  );
});

t.test('events of the model itself pass as they are', async (t) => {
  const events = ['data: {"token":"a"}\n\nda', 'ta: [DONE]\n\n'];
  t.equal(await written('text/event-stream; charset=utf-8', events), events.join(''));
  t.equal(
    await written('text/event-stream', ['data: {"tok'], new Error('broke')),
    'data: {"tok\n\nevent: error\ndata: {"detail":"broke"}\n\n',
  );
});
