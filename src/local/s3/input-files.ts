import { text } from 'node:stream/consumers';
import type { ObjectStore } from './object-store.ts';
import { parseS3Uri } from './s3-uri.ts';

export interface InputFile {
  bucket: string;
  key: string;
  /** Path inside the channel, or below the prefix. */
  name: string;
}

/** The objects that a job's data source names. Throws, in SageMaker's words, when there are none, or no such bucket. */
export async function inputFiles(
  objects: ObjectStore,
  { S3DataType, S3Uri }: { S3DataType: string; S3Uri: string },
): Promise<InputFile[]> {
  const { bucket, key } = parseS3Uri(S3Uri);
  const files =
    S3DataType === 'S3Prefix' ? prefixFiles(objects, bucket, key) : await manifestFiles(objects, bucket, key);
  if (files.length === 0) throw new Error(`No S3 objects found under S3 URL "${S3Uri}" given in input data source.`);
  return files;
}

/** `data/train` matches data/train/a.csv and data/train.csv alike: names are what follows the last slash of the prefix. */
function prefixFiles(objects: ObjectStore, bucket: string, prefix: string): InputFile[] {
  const keys = [...objects.keys(bucket).withPrefix(prefix)].filter((key) => !key.endsWith('/'));
  const whole = keys.every((key) => key.startsWith(`${prefix}/`)) && !prefix.endsWith('/') && prefix !== '';
  const cut = whole ? prefix.length + 1 : prefix.lastIndexOf('/') + 1;
  return keys.map((key) => ({ bucket, key, name: key.slice(cut) }));
}

/** A manifest is `[{"prefix": "s3://bucket/some/"}, "relative/name", …]`. */
async function manifestFiles(objects: ObjectStore, bucket: string, key: string): Promise<InputFile[]> {
  const [head, ...names] = JSON.parse(await text(objects.read(objects.get(bucket, key)))) as [
    { prefix: string },
    ...string[],
  ];
  const from = parseS3Uri(head.prefix);
  return names.map((name) => ({ bucket: from.bucket, key: from.key + name, name }));
}
