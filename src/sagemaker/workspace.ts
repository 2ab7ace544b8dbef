import type { Readable } from 'node:stream';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import type { Config } from '../config/schema.ts';
import { GatewayError } from '../errors.ts';
import type { Aws } from './aws.ts';
import { isPlanning } from './dry-run.ts';
import { sending, translateSdkError } from './fault.ts';

/** A place in S3. */
export interface S3Location {
  readonly bucket: string;
  readonly key: string;
}

/** An object as it is read. */
export interface S3Object {
  readonly contentType: string;
  readonly size: number;
  readonly body: Readable;
}

/** A JSON document with the mark of its state, by which a writer can tell whether anybody else has written since. */
export interface Versioned<T> {
  readonly value: T;
  readonly etag: string;
}

export interface KeyPage {
  /** Keys, or with a delimiter the names of folders, relative to the workspace. */
  readonly keys: string[];
  readonly nextToken?: string;
}

/** S3's answers to a conditional write that came too late: changed, changing at this moment, removed. */
const lostRaces = new Set(['PreconditionFailed', 'ConditionalRequestConflict', 'NoSuchKey']);

/**
 * What the gateway keeps in S3, under one prefix of one bucket: every replica sees the same. Keys here are relative to that prefix.
 * The bucket is looked for, and created when missing, at the first use.
 */
export class Workspace {
  readonly #aws: Aws;
  readonly #config: Config['aws'];
  #bucket: Promise<string> | undefined;

  constructor(aws: Aws, config: Config['aws']) {
    this.#aws = aws;
    this.#config = config;
  }

  async location(key: string): Promise<S3Location> {
    // A bucket that a dry run would have made is not there for the next request.
    if (isPlanning())
      return { bucket: await (this.#bucket ?? this.#ensureBucket()), key: `${this.#config.prefix}/${key}` };
    this.#bucket ??= this.#ensureBucket();
    // A failure is not kept: the next caller tries again.
    this.#bucket.catch(() => {
      this.#bucket = undefined;
    });
    return { bucket: await this.#bucket, key: `${this.#config.prefix}/${key}` };
  }

  async uri(key: string): Promise<string> {
    const { bucket, key: fullKey } = await this.location(key);
    return `s3://${bucket}/${fullKey}`;
  }

  async #ensureBucket(): Promise<string> {
    const region = await this.#aws.region();
    const bucket = this.#config.bucket ?? `sagemaker-${region}-${await sending(this.#aws.accountId())}`;
    try {
      await this.#aws.s3.send(new HeadBucketCommand({ Bucket: bucket }));
    } catch (error) {
      if (!(error instanceof Error && error.name === 'NotFound')) throw translateSdkError(error);
      // us-east-1 is the one region that must not be named as a location constraint.
      const location =
        region === 'us-east-1' ? {} : { CreateBucketConfiguration: { LocationConstraint: region as 'eu-west-1' } };
      await sending(this.#aws.s3.send(new CreateBucketCommand({ Bucket: bucket, ...location })));
    }
    return bucket;
  }

  /** A JSON document of our own making; undefined when there is none. */
  async readJson<T>(key: string): Promise<T | undefined> {
    return (await this.readVersioned<T>(key))?.value;
  }

  async readVersioned<T>(key: string): Promise<Versioned<T> | undefined> {
    try {
      const { bucket, key: Key } = await this.location(key);
      const { Body, ETag: etag = '' } = await this.#aws.s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
      return { value: JSON.parse((await Body?.transformToString()) ?? 'null') as T, etag };
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw translateSdkError(error);
    }
  }

  /**
   * Writes a document if it is still as `seen`, or, without that, if there is none yet.
   * @returns the mark of what was written; undefined when somebody else was faster
   */
  async writeJsonIf(key: string, value: unknown, seen?: string): Promise<string | undefined> {
    const { bucket, key: Key } = await this.location(key);
    const condition = seen === undefined ? { IfNoneMatch: '*' } : { IfMatch: seen };
    const command = new PutObjectCommand({
      Bucket: bucket,
      Key,
      Body: JSON.stringify(value),
      ContentType: 'application/json',
      ...condition,
    });
    try {
      return (await this.#aws.s3.send(command)).ETag ?? '';
    } catch (error) {
      if (error instanceof Error && lostRaces.has(error.name)) return undefined;
      throw translateSdkError(error);
    }
  }

  async writeText(key: string, text: string, contentType: string): Promise<void> {
    const { bucket, key: Key } = await this.location(key);
    await sending(
      this.#aws.s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: text, ContentType: contentType })),
    );
  }

  writeJson(key: string, value: unknown): Promise<void> {
    return this.writeText(key, JSON.stringify(value), 'application/json');
  }

  /** Uploads a stream of any length in parts; when the stream fails, no object is left and its error is thrown as it is. */
  async writeStream(key: string, body: Readable, contentType: string): Promise<void> {
    const { bucket, key: Key } = await this.location(key);
    const upload = new Upload({
      client: this.#aws.s3,
      params: { Bucket: bucket, Key, Body: body, ContentType: contentType },
      // Each waiting part is 5 MB of memory, and rows are parsed more slowly than S3 takes them.
      queueSize: 2,
    });
    try {
      await upload.done();
    } catch (error) {
      await upload.abort();
      throw translateSdkError(error);
    }
  }

  /** Streams an object, of the workspace or (as a location) of any bucket. @throws GatewayError not_found */
  async readStream(from: string | S3Location): Promise<Readable> {
    const { bucket, key: Key } = typeof from === 'string' ? await this.location(from) : from;
    const { Body } = await sending(this.#aws.s3.send(new GetObjectCommand({ Bucket: bucket, Key })));
    return Body as Readable;
  }

  /** An object of any bucket that need not be there yet; then undefined. */
  async open({ bucket, key: Key }: S3Location): Promise<S3Object | undefined> {
    try {
      const object = await this.#aws.s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
      const { ContentType: contentType = 'application/octet-stream', ContentLength: size = 0 } = object;
      return { contentType, size, body: object.Body as Readable };
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw translateSdkError(error);
    }
  }

  async remove(key: string): Promise<void> {
    const { bucket, key: Key } = await this.location(key);
    await sending(this.#aws.s3.send(new DeleteObjectCommand({ Bucket: bucket, Key })));
  }

  /** Removes everything under a prefix. @returns the keys removed */
  async removeAll(prefix: string): Promise<string[]> {
    const keys = await this.listAll(prefix);
    for (const key of keys) await this.remove(key);
    return keys;
  }

  /** All keys under a prefix, as `list` gives them, in ascending order. */
  async listAll(prefix: string, options: { folders?: boolean } = {}): Promise<string[]> {
    const keys: string[] = [];
    let nextToken: string | undefined;
    do {
      const page = await this.list(prefix, { ...options, ...(nextToken === undefined ? {} : { nextToken }) });
      keys.push(...page.keys);
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    return keys;
  }

  /** One page of keys under a prefix (which ends in `/`); with `folders`, the names one level below it. */
  async list(
    prefix: string,
    options: { folders?: boolean; limit?: number; nextToken?: string } = {},
  ): Promise<KeyPage> {
    const { bucket, key: Prefix } = await this.location(prefix);
    const answer = await sending(
      this.#aws.s3.send(
        new ListObjectsV2Command({
          Bucket: bucket,
          Prefix,
          MaxKeys: options.limit,
          ContinuationToken: options.nextToken,
          ...(options.folders ? { Delimiter: '/' } : {}),
        }),
      ),
    );
    const keys = options.folders
      ? (answer.CommonPrefixes ?? []).map(({ Prefix: folder = '' }) => folder.slice(Prefix.length, -1))
      : (answer.Contents ?? []).map(({ Key = '' }) => Key.slice(this.#config.prefix.length + 1));
    return answer.NextContinuationToken === undefined ? { keys } : { keys, nextToken: answer.NextContinuationToken };
  }
}

/** The bucket and key of an s3:// URI. @throws GatewayError validation_failed */
export function parseS3Uri(uri: string): S3Location {
  const match = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/(.+)$/.exec(uri);
  if (!match?.[1] || !match[2]) throw new GatewayError('validation_failed', `Not an s3:// URI of an object: ${uri}`);
  return { bucket: match[1], key: match[2] };
}
