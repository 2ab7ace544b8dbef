import { type DestinationStream, type Logger, pino } from 'pino';

/** Characters that are written together, and the longest that a line waits for them, ms. */
const enough = 32_768;
const longest = 100;

/**
 * Standard output, many lines with one write, since a write for each would cost a tenth of a request's processor time. pino's own destination
 * can gather lines too, but it measures all that it holds anew with every line. What is gathered is written at the end of the process, too.
 */
function gatheringOutput(): DestinationStream & { flushSync(): void } {
  let gathered = '';
  const pass = (): void => {
    if (gathered !== '') output.write(gathered);
    gathered = '';
  };
  // Registered before the output's own listener, which writes what it was given.
  process.on('exit', pass);
  const output = pino.destination({ sync: false });
  setInterval(pass, longest).unref();

  return {
    write(line) {
      gathered += line;
      if (gathered.length > enough) pass();
    },
    /** pino asks for it after a fatal line. */
    flushSync() {
      pass();
      output.flushSync();
    },
  };
}

/** The gateway's log: lines of JSON on standard output. */
export const createLogger = (level: string): Logger => pino({ level }, gatheringOutput());
