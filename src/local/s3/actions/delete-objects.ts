import { xmlDocument } from '../../wire/xml.ts';
import { parseXml } from '../parse-xml.ts';
import { s3Error } from '../s3-error.ts';
import { readXml, type S3Action } from '../s3-request.ts';
import { namespace } from '../xml-namespace.ts';

interface Delete {
  Quiet?: string;
  Object?: { Key: string }[];
}

export const deleteObjects: S3Action = async ({ objects, bucket, body }) => {
  const { Quiet, Object: doomed = [] } = parseXml<Delete>(await readXml(body), 'Delete', ['Object']);
  if (doomed.length === 0 || doomed.length > 1000) throw s3Error('MalformedXML');
  await Promise.all(doomed.map(({ Key }) => objects.delete(bucket, Key)));
  const deleted = Quiet === 'true' ? [] : doomed.map(({ Key }) => ({ Key }));
  return { body: xmlDocument('DeleteResult', { Deleted: deleted }, namespace) };
};
