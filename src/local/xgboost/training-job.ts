import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { type RoundReport, Training } from './booster.ts';
import { checkChannels, type DataConfig, readChannel } from './channels.ts';
import { UserError } from './faults.ts';
import { validateHyperparameters } from './hyperparameters.ts';
import { modelToJson } from './model-json.ts';

/**
 * Runs the training that a SageMaker directory tree describes, `prefix` standing for /opt/ml, and writes
 * `model/xgboost-model`. When `stop` is aborted, the round under way is finished and the model so far is saved.
 * @param print takes one log line, without newline.
 * @throws UserError for faults of hyperparameters, channels and data.
 */
export async function runTrainingJob(prefix: string, print: (line: string) => void, stop: AbortSignal): Promise<void> {
  const log = (message: string): void => print(`[${timestamp()}:INFO] ${message}`);
  log('Running XGBoost Sagemaker in algorithm mode');
  const raw = readJson(join(prefix, 'input/config/hyperparameters.json')) as Record<string, string>;
  const params = validateHyperparameters(raw);
  const channels = readJson(join(prefix, 'input/config/inputdataconfig.json')) as DataConfig;
  checkChannels(channels);

  const load = (name: string) => {
    const directory = join(prefix, 'input/data', name);
    const matrix = readChannel(directory, channels[name]?.ContentType, params.csvWeights, log);
    if (!matrix) throw new UserError(`No data in ${name === 'train' ? 'training' : name} channel path ${directory}`);
    return matrix;
  };
  const train = load('train');
  const validation = channels.validation ? load('validation') : undefined;
  log('Single node training.');
  log(`Train matrix has ${train.rows} rows and ${train.columns} columns`);
  if (validation) log(`Validation matrix has ${validation.rows} rows`);
  else if (params.earlyStoppingRounds !== null) {
    log('early_stopping_rounds has no effect: there is no validation channel');
  }

  const training = new Training(params, train, validation);
  while (!training.finished && !stop.aborted) {
    print(roundLine(training.step()));
    // Signals are delivered between turns of the event loop.
    await setImmediate();
  }
  if (stop.aborted) log('Received SIGTERM: stopping after this round');
  if (training.best) {
    log(
      `Stopping. Best iteration: [${training.best.round}]\tvalidation-${params.stoppingMetric}:${training.best.score}`,
    );
  }
  saveModel(join(prefix, 'model'), modelToJson(training.model()));
}

/** In one rename, so that nobody ever finds half a model. */
function saveModel(directory: string, json: string): void {
  mkdirSync(directory, { recursive: true });
  const unfinished = join(directory, '.xgboost-model');
  writeFileSync(unfinished, json);
  renameSync(unfinished, join(directory, 'xgboost-model'));
}

/** The line that SageMaker's metric definitions match. */
export function roundLine({ round, train, validation }: RoundReport): string {
  const cells = (set: string, values: ReadonlyMap<string, number>): string =>
    Array.from(values, ([metric, value]) => `\t${set}-${metric}:${value.toFixed(6)}`).join('');
  return `[${round}]${cells('train', train)}${cells('validation', validation)}`;
}

function timestamp(): string {
  return new Date().toISOString().slice(0, 19).replace('T', ':');
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}
