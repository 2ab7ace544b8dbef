import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  NoSuchBucket,
  NoSuchKey,
  NotFound,
  PutObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { SignatureV4 } from '@smithy/signature-v4';
import t from 'tap';
import { Sha256 } from '../sagemaker/sha256.ts';
import { openTarget } from './target.ts';

const target = await openTarget();
const { s3, bucket: Bucket } = target;
t.teardown(() => target.close());
const root = target.unique('s3');
const missing = `${root}-no-such-bucket`;

const failure = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (reason: Error) => reason,
  );
const put = (Key: string, Body: string | Buffer | Readable, more = {}) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const read = async (Key: string, more = {}) => {
  const answer = await s3.send(new GetObjectCommand({ Bucket, Key, ...more }));
  return { ...answer, bytes: Buffer.from((await answer.Body?.transformToByteArray()) ?? []) };
};
const quoted = (hash: string) => `"${hash}"`;
const md5 = (data: Buffer | string) => createHash('md5').update(data).digest('hex');

t.before(async () => {
  if (!target.bucketExists) await s3.send(new CreateBucketCommand({ Bucket }));
});

t.test('buckets', async (t) => {
  await s3.send(new HeadBucketCommand({ Bucket }));
  const { Buckets } = await s3.send(new ListBucketsCommand({}));
  t.ok(Buckets?.find(({ Name }) => Name === Bucket)?.CreationDate instanceof Date);
  t.ok(await s3.send(new GetBucketLocationCommand({ Bucket })));
  t.type(await failure(s3.send(new HeadBucketCommand({ Bucket: missing }))), NotFound);
  t.type(await failure(s3.send(new ListObjectsV2Command({ Bucket: missing }))), NoSuchBucket);
  t.match(await failure(s3.send(new PutObjectCommand({ Bucket: missing, Key: 'k', Body: 'x' }))), {
    name: 'NoSuchBucket',
    $metadata: { httpStatusCode: 404 },
  });
});

t.test('an object comes back as it went', async (t) => {
  const Key = `${root}/a/../%2e+ &?#ü€😀/ <x>'".csv`;
  const body = Buffer.from('a,b\n1,2\n');
  const { ETag, ChecksumCRC32 } = await put(Key, body, {
    ContentType: 'text/csv',
    CacheControl: 'no-cache',
    Metadata: { owner: 'me', 'x-y': '1' },
  });
  t.equal(ETag, quoted(md5(body)));
  t.ok(ChecksumCRC32, 'the checksum that the SDK sent is kept');
  const got = await read(Key, { ChecksumMode: 'ENABLED' });
  t.same(got.bytes, body);
  t.match(got, {
    ETag,
    ChecksumCRC32,
    ContentType: 'text/csv',
    CacheControl: 'no-cache',
    ContentLength: 8,
    AcceptRanges: 'bytes',
    LastModified: Date,
    Metadata: { owner: 'me', 'x-y': '1' },
  });
  t.match(await s3.send(new HeadObjectCommand({ Bucket, Key })), { ETag, ContentLength: 8, Metadata: { owner: 'me' } });
  const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: `${root}/a/../` }));
  t.match(Contents, [{ Key, Size: 8, ETag }]);
  await s3.send(new DeleteObjectCommand({ Bucket, Key }));
  await s3.send(new DeleteObjectCommand({ Bucket, Key }));
  t.type(await failure(read(Key)), NoSuchKey);
  t.type(await failure(s3.send(new HeadObjectCommand({ Bucket, Key }))), NotFound);
});

t.test('an empty object', async (t) => {
  await put(`${root}/empty`, '');
  t.equal((await read(`${root}/empty`)).bytes.length, 0);
});

/** By AWS's own signer: the URL of an object, for whoever has it. */
async function presigned(key: string, expiresIn: number, signingDate = new Date()): Promise<string> {
  const {
    protocol = 'https:',
    hostname = `s3.${target.region}.amazonaws.com`,
    port,
  } = (await s3.config.endpoint?.()) ?? {};
  const host = port === undefined ? hostname : `${hostname}:${port}`;
  const { region, credentials } = s3.config;
  const signer = new SignatureV4({ service: 's3', region, credentials, sha256: Sha256 as never, uriEscapePath: false });
  const path = `/${Bucket}/${key}`;
  const headers = { host, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
  const { query = {} } = await signer.presign(
    { method: 'GET', protocol, hostname, path, headers, query: {} },
    { expiresIn, signingDate },
  );
  return `${protocol}//${host}${path}?${new URLSearchParams(query as Record<string, string>)}`;
}

t.test('a presigned URL opens an object until it expires', async (t) => {
  const key = `${root}/shared`;
  await put(key, 'for whoever has the URL');
  t.equal(await (await fetch(await presigned(key, 600))).text(), 'for whoever has the URL');
  const late = await fetch(await presigned(key, 60, new Date(Date.now() - 120_000)));
  t.equal(late.status, 403);
  t.match(await late.text(), /<Code>AccessDenied<\/Code><Message>Request has expired<\/Message>/);
  const wrong = (await presigned(key, 600)).replace('X-Amz-Expires=600', 'X-Amz-Expires=604801');
  const refused = await fetch(wrong);
  t.equal(refused.status, 400);
  t.match(await refused.text(), /<Code>AuthorizationQueryParametersError<\/Code>/);
});

t.test('ranges and conditions', async (t) => {
  const Key = `${root}/range`;
  const { ETag } = await put(Key, '0123456789');
  const cases = { 'bytes=2-4': '234', 'bytes=7-': '789', 'bytes=-2': '89', 'bytes=8-99': '89' };
  for (const [Range, expected] of Object.entries(cases)) {
    const part = await read(Key, { Range });
    t.equal(part.bytes.toString(), expected);
    t.match(part, {
      ContentLength: expected.length,
      ContentRange: /^bytes \d-\d\/10$/,
      $metadata: { httpStatusCode: 206 },
    });
  }
  t.match(await failure(read(Key, { Range: 'bytes=10-' })), {
    name: 'InvalidRange',
    $metadata: { httpStatusCode: 416 },
  });
  t.match(await failure(read(Key, { IfNoneMatch: ETag })), { $metadata: { httpStatusCode: 304 } });
  t.match(await failure(read(Key, { IfMatch: '"other"' })), { name: 'PreconditionFailed' });
  t.equal((await read(Key, { IfMatch: ETag })).bytes.length, 10);
  t.match(await failure(put(Key, 'x', { IfNoneMatch: '*' })), {
    name: 'PreconditionFailed',
    $metadata: { httpStatusCode: 412 },
  });
  t.equal((await read(Key)).bytes.length, 10, 'and nothing was overwritten');
});

t.test('a body whose digest is wrong is not kept', async (t) => {
  const Key = `${root}/wrong`;
  for (const wrong of [
    { ContentMD5: createHash('md5').update('other').digest('base64') },
    { ChecksumCRC32: 'AAAAAA==' },
    { ChecksumSHA256: createHash('sha256').update('other').digest('base64') },
  ]) {
    t.match(await failure(put(Key, 'body', wrong)), {
      name: /^(BadDigest|InvalidRequest)$/,
      $metadata: { httpStatusCode: 400 },
    });
  }
  t.type(await failure(read(Key)), NoSuchKey);
});

t.test('every checksum algorithm', async (t) => {
  for (const ChecksumAlgorithm of ['CRC32', 'CRC32C', 'SHA1', 'SHA256'] as const) {
    const Key = `${root}/checksum/${ChecksumAlgorithm}`;
    const sent = await put(Key, 'checksummed', { ChecksumAlgorithm });
    const got = await read(Key, { ChecksumMode: 'ENABLED' });
    t.ok(sent[`Checksum${ChecksumAlgorithm}`]);
    t.equal(got[`Checksum${ChecksumAlgorithm}`], sent[`Checksum${ChecksumAlgorithm}`]);
  }
});

t.test('a stream of unknown rhythm, aws-chunked', async (t) => {
  const pieces = Array.from({ length: 200 }, (_, at) => Buffer.alloc(1 + ((at * 7919) % 9000), at));
  const whole = Buffer.concat(pieces);
  const Key = `${root}/stream`;
  const { ETag } = await put(Key, Readable.from(pieces, { objectMode: false }), { ContentLength: whole.length });
  t.equal(ETag, quoted(md5(whole)));
  t.equal(md5((await read(Key)).bytes), md5(whole));
});

t.test('lib-storage uploads in parts', async (t) => {
  const Key = `${root}/upload`;
  const whole = Buffer.alloc(12 * 1024 * 1024 + 5, 'multipart ');
  const params = {
    Bucket,
    Key,
    Body: Readable.from(slices(whole, 300_000)),
    ContentType: 'text/plain',
    Metadata: { a: 'b' },
  };
  const done = await new Upload({ client: s3, params, partSize: 5 * 1024 * 1024, queueSize: 3 }).done();
  t.match(done, { Bucket, Key, ETag: /^"[0-9a-f]{32}-3"$/ });
  const got = await read(Key);
  t.equal(md5(got.bytes), md5(whole));
  t.match(got, { ContentType: 'text/plain', Metadata: { a: 'b' }, ContentLength: whole.length });
  const border = 5 * 1024 * 1024;
  const across = await read(Key, { Range: `bytes=${border - 5}-${border + 4}` });
  t.equal(across.bytes.toString(), whole.subarray(border - 5, border + 5).toString(), 'a range across two parts');
});

function* slices(whole: Buffer, size: number) {
  for (let at = 0; at < whole.length; at += size) yield whole.subarray(at, at + size);
}

t.test('multipart by hand', async (t) => {
  const Key = `${root}/parts`;
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key }));
  const upload = { Bucket, Key, UploadId };
  const first = Buffer.alloc(5 * 1024 * 1024, 1);
  const part = (PartNumber: number, Body: Buffer | string) =>
    s3.send(new UploadPartCommand({ ...upload, PartNumber, Body }));
  const [one, two] = [await part(1, first), await part(2, 'second')];
  await part(2, 'instead');
  t.type(await failure(read(Key)), NoSuchKey, 'nothing to see before it is complete');
  const { Parts } = await s3.send(new ListPartsCommand(upload));
  t.match(Parts, [
    { PartNumber: 1, Size: first.length, ETag: one.ETag },
    { PartNumber: 2, Size: 7 },
  ]);
  const complete = (Parts: { PartNumber: number; ETag: string | undefined }[]) =>
    s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));
  t.match(
    await failure(
      complete([
        { PartNumber: 1, ETag: one.ETag },
        { PartNumber: 2, ETag: two.ETag },
      ]),
    ),
    { name: 'InvalidPart' },
  );
  const last = { PartNumber: 2, ETag: quoted(md5('instead')) };
  t.match(await failure(complete([last, { PartNumber: 1, ETag: one.ETag }])), { name: 'InvalidPartOrder' });
  const done = await complete([{ PartNumber: 1, ETag: one.ETag }, last]);
  const hashes = Buffer.concat([md5(first), md5('instead')].map((hash) => Buffer.from(hash, 'hex')));
  t.equal(done.ETag, quoted(`${md5(hashes)}-2`));
  t.equal((await read(Key)).bytes.length, first.length + 7);
  t.match(await failure(part(1, 'late')), { name: 'NoSuchUpload' });

  const aborted = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: `${Key}-2` }));
  await s3.send(new AbortMultipartUploadCommand({ Bucket, Key: `${Key}-2`, UploadId: aborted.UploadId }));
  t.match(await failure(s3.send(new ListPartsCommand({ Bucket, Key: `${Key}-2`, UploadId: aborted.UploadId }))), {
    name: 'NoSuchUpload',
  });
});

t.test('listing by prefix, delimiter and page, in byte order', async (t) => {
  const Prefix = `${root}/list/`;
  const names = ['a', 'a/1', 'a/2', 'b-1', 'b/1', 'ba', 'c', '￿', '😀'];
  await Promise.all(names.map((name) => put(Prefix + name, name)));
  const expected = [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const all = await s3.send(new ListObjectsV2Command({ Bucket, Prefix }));
  t.same(
    all.Contents?.map(({ Key }) => Key?.slice(Prefix.length)),
    expected,
  );
  t.match(all, { KeyCount: 9, IsTruncated: false });

  const keys: string[] = [];
  let ContinuationToken: string | undefined;
  do {
    const page = await s3.send(
      new ListObjectsV2Command({ Bucket, Prefix, Delimiter: '/', MaxKeys: 2, ContinuationToken }),
    );
    keys.push(
      ...(page.Contents ?? []).map(({ Key }) => String(Key)),
      ...(page.CommonPrefixes ?? []).map((each) => String(each.Prefix)),
    );
    t.equal(page.KeyCount, (page.Contents?.length ?? 0) + (page.CommonPrefixes?.length ?? 0));
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken);
  t.same(keys.sort(), ['a', 'a/', 'b-1', 'b/', 'ba', 'c', '￿', '😀'].map((name) => Prefix + name).sort());

  const after = await s3.send(new ListObjectsV2Command({ Bucket, Prefix, StartAfter: `${Prefix}b-1`, MaxKeys: 1 }));
  t.match(after, { Contents: [{ Key: `${Prefix}b/1` }], IsTruncated: true });
  const old = await s3.send(new ListObjectsCommand({ Bucket, Prefix, Marker: `${Prefix}c` }));
  t.same(old.Contents?.length, 2);
});

t.test('copies and mass deletion', async (t) => {
  const from = `${root}/copy from+ü`;
  const to = `${root}/copied`;
  await put(from, 'copy me', { ContentType: 'text/plain', Metadata: { a: 'b' } });
  const CopySource = `${Bucket}/${encodeURIComponent(from)}`;
  const { CopyObjectResult } = await s3.send(new CopyObjectCommand({ Bucket, Key: to, CopySource }));
  t.match(CopyObjectResult, { ETag: quoted(md5('copy me')), LastModified: Date });
  t.match(await read(to), { ContentType: 'text/plain', Metadata: { a: 'b' } });
  await s3.send(
    new CopyObjectCommand({ Bucket, Key: to, CopySource, MetadataDirective: 'REPLACE', Metadata: { c: 'd' } }),
  );
  t.strictSame((await read(to)).Metadata, { c: 'd' });
  t.match(await failure(s3.send(new CopyObjectCommand({ Bucket, Key: to, CopySource: `${Bucket}/${root}/nothing` }))), {
    name: 'NoSuchKey',
  });

  const doomed = [from, to, `${root}/never was`].map((Key) => ({ Key }));
  const { Deleted } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: doomed } }));
  t.same(Deleted?.map(({ Key }) => Key).sort(), doomed.map(({ Key }) => Key).sort());
  t.type(await failure(read(to)), NoSuchKey);
});

t.test('a part copied from a range of another object', async (t) => {
  const source = `${root}/whole`;
  const Key = `${root}/joined`;
  const whole = Buffer.concat([Buffer.alloc(6 * 1024 * 1024, 'first'), Buffer.from('and the rest')]);
  await put(source, whole);
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key }));
  const cut = 5 * 1024 * 1024;
  const ranges = [`bytes=0-${cut - 1}`, `bytes=${cut}-${whole.length - 1}`];
  const Parts = await Promise.all(
    ranges.map(async (CopySourceRange, at) => {
      const from = { Bucket, Key, UploadId, PartNumber: at + 1, CopySource: `${Bucket}/${source}`, CopySourceRange };
      const { CopyPartResult } = await s3.send(new UploadPartCopyCommand(from));
      return { PartNumber: at + 1, ETag: CopyPartResult?.ETag };
    }),
  );
  await s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }));
  t.equal(md5((await read(Key)).bytes), md5(whole));
});
