import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { Table } from '../store/table.ts';
import { type Blob, BlobStore } from './blob-store.ts';
import type { Algorithm, Checksum } from './checksum.ts';
import { KeyIndex } from './key-index.ts';
import { s3Error } from './s3-error.ts';

export interface Bucket {
  name: string;
  created: number;
}

/** Times in epoch milliseconds; `etag` without quotes; `headers` are those that come back with the object (content-type, x-amz-meta-…). */
export interface StoredObject {
  bucket: string;
  key: string;
  size: number;
  etag: string;
  modified: number;
  headers: Record<string, string>;
  checksum?: Checksum;
  blobs: Blob[];
}

export interface Part {
  number: number;
  size: number;
  etag: string;
  modified: number;
  checksum?: Checksum;
  blob: Blob;
}

export interface Upload {
  id: string;
  bucket: string;
  key: string;
  created: number;
  headers: Record<string, string>;
  checksum?: { algorithm: Algorithm; type: Checksum['type'] };
  parts: Part[];
}

/** Buckets, objects and unfinished uploads. What is named here is on the disk; a blob becomes an object's by one journal line. */
export class ObjectStore {
  readonly blobs: BlobStore;
  readonly buckets: Table<Bucket>;
  readonly uploads: Table<Upload>;
  readonly #objects: Table<StoredObject>;
  readonly #keys = new Map<string, KeyIndex>();

  private constructor(blobs: BlobStore, buckets: Table<Bucket>, uploads: Table<Upload>, objects: Table<StoredObject>) {
    this.blobs = blobs;
    this.buckets = buckets;
    this.uploads = uploads;
    this.#objects = objects;
    const keys = Map.groupBy(objects.values(), ({ bucket }) => bucket);
    for (const [bucket, inside] of keys) this.#keys.set(bucket, new KeyIndex(inside.map(({ key }) => key)));
  }

  static async open(folder: string): Promise<ObjectStore> {
    const [buckets, uploads, objects] = await Promise.all([
      Table.open<Bucket>(join(folder, 'buckets.jsonl')),
      Table.open<Upload>(join(folder, 'uploads.jsonl')),
      Table.open<StoredObject>(join(folder, 'objects.jsonl')),
    ]);
    const live = new Set<string>();
    for (const { blobs } of objects.values()) for (const { id } of blobs) live.add(id);
    // Completed, but the process died before it could forget the upload.
    const completed = [...uploads.values()].filter(({ parts }) => parts.some(({ blob }) => live.has(blob.id)));
    await Promise.all(completed.map(({ id }) => uploads.delete(id)));
    for (const { parts } of uploads.values()) for (const { blob } of parts) live.add(blob.id);
    return new ObjectStore(await BlobStore.open(join(folder, 'blobs'), live), buckets, uploads, objects);
  }

  /** The bucket's keys in order. Throws NoSuchBucket. */
  keys(bucket: string): KeyIndex {
    if (!this.buckets.get(bucket)) throw s3Error('NoSuchBucket', { BucketName: bucket });
    const keys = this.#keys.get(bucket) ?? new KeyIndex();
    this.#keys.set(bucket, keys);
    return keys;
  }

  /** Undefined when there is no such key. Throws NoSuchBucket. */
  find(bucket: string, key: string): StoredObject | undefined {
    this.keys(bucket);
    return this.#objects.get(address(bucket, key));
  }

  /** Throws NoSuchBucket or NoSuchKey. */
  get(bucket: string, key: string): StoredObject {
    const object = this.find(bucket, key);
    if (!object) throw s3Error('NoSuchKey', { Key: key });
    return object;
  }

  /** Puts the object in place of any before it, whose readers may finish. */
  async commit(object: StoredObject): Promise<void> {
    const keys = this.keys(object.bucket);
    const before = this.#objects.get(address(object.bucket, object.key));
    keys.add(object.key);
    await this.#objects.set(address(object.bucket, object.key), object);
    if (before) await this.blobs.remove(before.blobs);
  }

  /** Deleting what is not there is no error, as in S3. */
  async delete(bucket: string, key: string): Promise<void> {
    const object = this.find(bucket, key);
    if (!object) return;
    this.keys(bucket).delete(key);
    await this.#objects.delete(address(bucket, key));
    await this.blobs.remove(object.blobs);
  }

  read(object: StoredObject, start?: number, end?: number): Readable {
    return this.blobs.read(object.blobs, start, end);
  }

  async close(): Promise<void> {
    await Promise.all([this.buckets.close(), this.uploads.close(), this.#objects.close()]);
  }
}

/** Bucket names have no slash, so this cannot be ambiguous. */
const address = (bucket: string, key: string) => `${bucket}/${key}`;
