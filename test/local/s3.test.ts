import { readdir } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { setImmediate } from 'node:timers/promises';
import t from 'tap';
import { decodeAwsChunked } from '../../src/local/s3/aws-chunked.ts';
import { BlobStore } from '../../src/local/s3/blob-store.ts';
import { newDigest } from '../../src/local/s3/checksum.ts';
import { compareUtf8, KeyIndex } from '../../src/local/s3/key-index.ts';
import { parseRange } from '../../src/local/s3/object-headers.ts';
import { parseAddress } from '../../src/local/s3/s3-request.ts';
import { sandbox } from './sandbox.ts';

async function* split(body: string, size: number) {
  const bytes = Buffer.from(body, 'latin1');
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function decode(body: string, size = body.length) {
  const trailers = new Map<string, string>();
  const pieces: Buffer[] = [];
  for await (const piece of decodeAwsChunked(split(body, size), trailers)) pieces.push(piece);
  return { payload: Buffer.concat(pieces).toString('latin1'), trailers };
}

t.test('aws-chunked', async (t) => {
  const unsigned = '6\r\nab\r\ncd\r\n3\r\nef\n\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\nX-Other: b \r\n\r\n';
  const signed = `5;chunk-signature=${'0'.repeat(64)}\r\n0\r\n\r\n\r\n0;chunk-signature=${'1'.repeat(64)}\r\n\r\n`;
  for (let size = 1; size <= unsigned.length; size++) {
    const { payload, trailers } = await decode(unsigned, size);
    t.equal(payload, 'ab\r\ncdef\n', `cut every ${size} bytes`);
    t.same(
      [...trailers],
      [
        ['x-amz-checksum-crc32', 'AAAAAA=='],
        ['x-other', 'b'],
      ],
    );
  }
  for (const size of [1, 2, 7, 300])
    t.equal((await decode(signed, size)).payload, '0\r\n\r\n', 'a payload that looks like framing');
  t.equal((await decode('0\r\n')).payload, '', 'the last empty line may be missing');
  t.equal((await decode(`A\r\n${'x'.repeat(10)}\r\n0\r\n\r\n`)).payload.length, 10, 'hexadecimal');
  for (const torn of ['5\r\nab', '2\r\nab', '2\r\nab\r\n', '2'])
    await t.rejects(decode(torn), { code: 'IncompleteBody' });
  for (const broken of ['xyz\r\n', '2\r\nabc\r\n0\r\n\r\n', '-1\r\n', `${'1'.repeat(20_000)}`]) {
    await t.rejects(decode(broken), { code: 'InvalidRequest' });
  }
});

t.test('checksums have their published check values, however the data is cut', async (t) => {
  const expected = {
    CRC32: 'cbf43926',
    CRC32C: 'e3069283',
    CRC64NVME: 'ae8b14860a799888',
    SHA1: 'f7c3bc1d808e04732adf679965ccc34ca7ae3441',
  } as const;
  for (const [algorithm, value] of Object.entries(expected)) {
    const digest = newDigest(algorithm as keyof typeof expected);
    for (const piece of ['1234', '', '56789']) digest.update(Buffer.from(piece));
    t.equal(digest.digest().toString('hex'), value, algorithm);
  }
});

t.test('keys are in the order of their UTF-8 bytes', async (t) => {
  const keys = ['', 'a', 'a/', 'aa', 'é', '퟿', '', '￿', '𐀀', '😀', '😁a'];
  for (const a of keys) {
    for (const b of keys) t.equal(Math.sign(compareUtf8(a, b)), Buffer.compare(Buffer.from(a), Buffer.from(b)));
  }
});

t.test('listing, against the plainest way to do it', async (t) => {
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 48271) % 2147483647;
    return seed % below;
  };
  const keys = new Set(
    Array.from({ length: 300 }, () => Array.from({ length: 1 + random(6) }, () => 'ab/-'[random(4)]).join('')),
  );
  const index = new KeyIndex();
  for (const key of keys) index.add(key);
  const sorted = [...keys].sort();
  for (const prefix of ['', 'a', 'a/', 'b-', 'zz']) {
    for (const delimiter of ['', '/', '-a']) {
      const groups = sorted
        .filter((key) => key.startsWith(prefix))
        .map((key) => {
          const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
          return cut < 0 ? key : key.slice(0, cut + delimiter.length);
        });
      const expected = [...new Set(groups)];
      for (const limit of [1, 2, 1000]) {
        const seen: string[] = [];
        let after: string | undefined = '';
        while (after !== undefined) {
          const page = index.page(prefix, delimiter, after, limit);
          seen.push(...[...page.keys, ...page.prefixes].sort());
          if (page.last !== undefined && page.last <= after) return t.fail('no progress');
          after = page.last;
        }
        t.same(seen.sort(), [...expected].sort(), `prefix "${prefix}", delimiter "${delimiter}", ${limit} a page`);
      }
    }
  }
  index.delete(sorted[5] ?? '');
  index.delete('not there');
  t.equal(index.size, sorted.length - 1);
});

t.test('blobs', async (t) => {
  const folder = await sandbox(t);
  const pieces = async function* (...texts: string[]) {
    for (const each of texts) yield Buffer.from(each);
  };
  const store = await BlobStore.open(folder, new Set());
  const [one, two] = [await store.write(pieces('0123', '4')), await store.write(pieces('56789'))];
  t.equal(await text(store.read([one, two])), '0123456789');
  t.equal(await text(store.read([one, two], 3, 6)), '3456');
  t.equal(await text(store.read([one, two], 5, 5)), '5');

  await t.rejects(
    store.write(
      (async function* () {
        yield Buffer.from('half');
        throw new Error('the client went away');
      })(),
    ),
    { message: 'the client went away' },
  );
  t.equal((await readdir(folder)).length, 2, 'of a broken upload nothing stays');

  const slow = store.read([one, two]);
  await store.remove([one, two]);
  t.equal(await text(slow), '0123456789', 'a reader may finish what was deleted under it');
  while ((await readdir(folder)).length > 0) await setImmediate();

  const kept = await store.write(pieces('kept'));
  await store.write(pieces('rubbish of a crash'));
  await BlobStore.open(folder, new Set([kept.id]));
  t.same(await readdir(folder), [kept.id]);
});

t.test('ranges', async (t) => {
  t.same(parseRange('bytes=0-0', 5), [0, 0]);
  t.same(parseRange('bytes=-9', 5), [0, 4]);
  for (const ignored of [undefined, 'bytes=-', 'bytes=a-b', 'bytes=3-2', 'bytes=0-1,3-4', 'items=0-1']) {
    t.equal(parseRange(ignored, 5), undefined);
  }
  for (const impossible of ['bytes=5-', 'bytes=7-9', 'bytes=-0'])
    t.throws(() => parseRange(impossible, 5), { code: 'InvalidRange' });
});

t.test('addresses', async (t) => {
  t.same(parseAddress('/'), { bucket: '', key: '' });
  t.same(parseAddress('/b/'), { bucket: 'b', key: '' });
  t.same(parseAddress('/b//a%2Fb/..%2F+'), { bucket: 'b', key: '/a/b/../+' });
  t.same(parseAddress('/key/k', 'my.bucket.localhost:4566'), { bucket: 'my.bucket', key: 'key/k' });
  t.same(parseAddress('/b/k', 'localhost:4566'), { bucket: 'b', key: 'k' });
  t.same(parseAddress('/b/k', '127.0.0.1:4566'), { bucket: 'b', key: 'k' });
  t.throws(() => parseAddress('/b/%ff'), { code: 'InvalidURI' });
});
