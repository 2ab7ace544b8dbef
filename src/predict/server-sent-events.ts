import { essenceOf } from './media-type.ts';

const eventStream = 'text/event-stream';

/** Types whose bytes are text, as far as the gateway knows. */
const isText = (type: string): boolean =>
  /^text\/|[/+](json|xml|yaml)$|\/(jsonlines|jsonl|x-ndjson|javascript|x-www-form-urlencoded)$/.test(type);

const event = (name: string | undefined, data: string): string =>
  `${name === undefined ? '' : `event: ${name}\n`}${data
    .split(/\r\n|\r|\n/)
    .map((line) => `data: ${line}\n`)
    .join('')}\n`;

/**
 * A stream of the model's as Server-Sent Events (https://html.spec.whatwg.org/multipage/server-sent-events.html): an event for each part, with its
 * text in UTF-8, or in base64 where the type is not one of text; then `done`, or `error` with what `problemOf` makes of it. A model that speaks
 * Server-Sent Events itself is passed on as it is, and only an `error` is added.
 */
export async function* asServerSentEvents(
  contentType: string,
  parts: AsyncIterable<Uint8Array>,
  problemOf: (error: unknown) => object,
): AsyncGenerator<string | Uint8Array> {
  const type = essenceOf(contentType);
  // Parts are cut anywhere, also within a character.
  const decoder = new TextDecoder();
  try {
    for await (const part of parts) {
      if (type === eventStream) yield part;
      else if (isText(type)) {
        const text = decoder.decode(part, { stream: true });
        if (text !== '') yield event(undefined, text);
      } else yield event(undefined, Buffer.from(part.buffer, part.byteOffset, part.byteLength).toString('base64'));
    }
    if (type === eventStream) return;
    const rest = decoder.decode();
    if (rest !== '') yield event(undefined, rest);
    yield event('done', '{}');
  } catch (error) {
    // The empty line ends an event of the model's that was cut.
    yield `${type === eventStream ? '\n\n' : ''}${event('error', JSON.stringify(problemOf(error)))}`;
  }
}
