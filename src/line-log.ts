import type { FastifyBaseLogger } from 'fastify';
import { type DestinationStream, type Logger, pino } from 'pino';

/** What pino shows of a logger to code that writes beside it. */
interface Insides {
  readonly [pino.symbols.chindingsSym]: string;
  readonly [pino.symbols.lsCacheSym]: Readonly<Record<number, string>>;
  readonly [pino.symbols.streamSym]: DestinationStream;
  readonly [pino.symbols.timeSym]: () => string;
}

/** The characters that stand for themselves in JSON. */
const plain = /^[ !#-[\]-~]*$/;
const quoted = (text: string): string => (plain.test(text) ? `"${text}"` : JSON.stringify(text));

/** A member of a line, with the comma before it; nothing for what is undefined. @param name plain */
export function member(name: string, value: unknown): string {
  if (value === undefined) return '';
  if (typeof value === 'number' && Number.isFinite(value)) return `,"${name}":${value}`;
  return `,"${name}":${typeof value === 'string' ? quoted(value) : JSON.stringify(value)}`;
}

/**
 * Writes lines of level `info` whose members are JSON already, in the form and to the place of a pino logger. Of the access log's line, one for every
 * request, pino's own way (an object, looked at key by key) takes four times as long, a twentieth of all that the gateway does.
 */
export function lineLog(logger: FastifyBaseLogger): (members: string, msg: string) => void {
  const pinos = logger as unknown as Logger & Insides;
  const { [pino.symbols.lsCacheSym]: levels, [pino.symbols.streamSym]: stream } = pinos;
  const level = levels[pino.levels.values.info as number];
  return (members, msg) => {
    if (!pinos.isLevelEnabled('info')) return;
    stream.write(
      `${level}${pinos[pino.symbols.timeSym]()}${pinos[pino.symbols.chindingsSym]}${members}${member('msg', msg)}}\n`,
    );
  };
}
