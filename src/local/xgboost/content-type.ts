import { UserError } from './faults.ts';

export type DataFormat = 'csv' | 'libsvm' | 'parquet' | 'recordio-protobuf';

const FORMATS: ReadonlyMap<string, DataFormat> = new Map([
  ['csv', 'csv'],
  ['libsvm', 'libsvm'],
  ['parquet', 'parquet'],
  ['recordio-protobuf', 'recordio-protobuf'],
  ['text/csv', 'csv'],
  ['text/libsvm', 'libsvm'],
  ['text/x-libsvm', 'libsvm'],
  ['application/x-parquet', 'parquet'],
  ['application/x-recordio-protobuf', 'recordio-protobuf'],
]);

/**
 * The format that a content type names, libsvm if there is none, as data_utils.get_content_type of the container.
 * @throws UserError
 */
export function dataFormat(contentType: string | undefined): DataFormat {
  if (!contentType) return 'libsvm';
  const [name = '', ...parameters] = contentType
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  const format = FORMATS.get(name);
  if (!format) {
    throw new UserError(`${contentType} is not an accepted ContentType: ${[...FORMATS.keys()].join(', ')}.`);
  }
  const labelSize = parameters.find((parameter) => parameter.startsWith('label_size='));
  if (format === 'csv' && labelSize !== undefined && labelSize !== 'label_size=1') {
    throw new UserError(
      `${contentType} is not an accepted csv ContentType. Optional parameter label_size must be equal to 1`,
    );
  }
  return format;
}
