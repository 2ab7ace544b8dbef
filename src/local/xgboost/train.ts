import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from './faults.ts';
import { runTrainingJob } from './training-job.ts';

/**
 * The training container: started with SM_PREFIX (default /opt/ml), it trains, logs to stdout and exits with 0, or with 1 and
 * the reason in `output/failure`. SIGTERM ends the training after the round under way, with the model so far.
 */
const prefix = process.env.SM_PREFIX ?? '/opt/ml';
const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());

try {
  await runTrainingJob(prefix, (line) => process.stdout.write(`${line}\n`), stop.signal);
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  const reason = error instanceof UserError ? message : `framework error: \n${message}`;
  mkdirSync(join(prefix, 'output'), { recursive: true });
  writeFileSync(join(prefix, 'output/failure'), reason);
  process.stdout.write(`[ERROR] ${reason}\n`);
  process.exitCode = 1;
}
