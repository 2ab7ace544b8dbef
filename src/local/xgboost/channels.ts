import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { dataFormat } from './content-type.ts';
import { UserError } from './faults.ts';
import { type LabelledMatrix, MatrixBuilder } from './matrix.ts';
import { ParseError, parseCsv, parseLibsvm, sniffDelimiter } from './text-data.ts';

/** inputdataconfig.json: channel name to what the job says of it. */
export type DataConfig = Readonly<Record<string, { ContentType?: string; TrainingInputMode?: string }>>;

const CHANNELS = ['train', 'validation'];

/**
 * Reads a channel's files, in the order of their paths, as one matrix.
 * @param directory where the channel's files are; null is answered if there are none.
 * @throws UserError in the container's wording
 */
export function readChannel(
  directory: string,
  contentType: string | undefined,
  csvWeights: boolean,
  log: (line: string) => void,
): LabelledMatrix | null {
  const type = dataFormat(contentType);
  if (type !== 'csv' && type !== 'libsvm') {
    throw new UserError(`Content-type ${contentType} is not supported by the embedded trainer`);
  }
  const files = dataFiles(directory);
  if (files.length === 0) return null;
  const into = new MatrixBuilder();
  let layout = '';
  for (const file of files) {
    const rowsBefore = into.rows;
    const bytes = readFileSync(file);
    try {
      if (type === 'csv') {
        const delimiter = sniffDelimiter(bytes);
        const shown = String.fromCharCode(delimiter);
        if (layout === '') log(`Determined delimiter of CSV input is '${shown}'`);
        layout = `csv&label_column=0&delimiter=${shown}${csvWeights ? '&weight_column=1' : ''}`;
        parseCsv(bytes, 0, bytes.length, { delimiter, leading: csvWeights ? 2 : 1 }, into);
      } else {
        layout = 'libsvm';
        parseLibsvm(bytes, 0, bytes.length, true, into);
      }
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      const row = error.line - rowsBefore;
      const header = type === 'csv' && row === 1 ? '; CSV data must not have a header row' : '';
      throw new UserError(
        `Failed to load ${type} data with exception:\n${basename(file)}, row ${row}: ${error.message}${header}`,
      );
    }
  }
  const matrix = into.build();
  if (matrix.rows === 0) throw new UserError('Got input data without labels. Please check the input data set.');
  const entries = `${matrix.rows}x${matrix.columns} matrix with ${matrix.value.length} entries`;
  log(`${entries} loaded from ${directory}?format=${layout}`);
  return matrix;
}

/** @throws UserError for channels that the algorithm does not have or cannot read. */
export function checkChannels(config: DataConfig): void {
  if (!config.train) throw new UserError('Missing required channel: train');
  for (const [name, channel] of Object.entries(config)) {
    if (!CHANNELS.includes(name)) throw new UserError(`Extraneous channel found: ${name}`);
    const type = dataFormat(channel.ContentType);
    if (channel.TrainingInputMode === 'Pipe') {
      throw new UserError(
        type === 'libsvm'
          ? 'Pipe mode not supported for LibSVM.'
          : 'Pipe mode for CSV is no longer supported. Please use Fast File mode (default) instead.',
      );
    }
  }
}

/** Every file below, but hidden ones and markers such as Spark's _SUCCESS. */
function dataFiles(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((path) => !path.split('/').some((part) => part.startsWith('.') || part.startsWith('_')))
    .map((path) => join(directory, path))
    .filter((path) => statSync(path).isFile())
    .sort();
}
