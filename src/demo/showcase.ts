import { tutorialRow } from '../predict/schemas.ts';
import { rowsOfFile, syntheticRows } from './bank-rows.ts';
import { banner, type Places } from './banner.ts';
import { Progress } from './progress.ts';
import { runDemo } from './run.ts';

/** Enough rows that the model beats a guess clearly, few enough that the first start takes seconds. */
const rows = 20_000;
const seed = 1729;

/** The first minutes of a user: makes the demo model, showing how far it is, and prints what to open. */
export async function startShowcase(places: Places, dataFile: string | undefined, signal: AbortSignal): Promise<void> {
  const source = dataFile === undefined ? syntheticRows(rows, seed) : rowsOfFile(dataFile);
  try {
    await runDemo(places.gateway, {
      source,
      sagemaker: places.sagemaker,
      fresh: dataFile !== undefined,
      progress: new Progress(process.stdout),
      signal,
      key: places.demoKey,
    });
  } catch (error) {
    if (signal.aborted) return;
    throw error;
  }
  process.stdout.write(banner(places, tutorialRow));
}
