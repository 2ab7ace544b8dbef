import { XMLParser } from 'fast-xml-parser';
import { s3Error } from './s3-error.ts';

/** The content of a request's root element: text as strings, the elements named in `lists` as arrays however many there are. */
export function parseXml<T>(xml: string, root: string, lists: string[]): T {
  const parser = new XMLParser({
    parseTagValue: false,
    // A key may well start or end with a space.
    trimValues: false,
    isArray: (name) => lists.includes(name),
    removeNSPrefix: true,
  });
  let parsed: Record<string, unknown>;
  try {
    parsed = parser.parse(xml, true);
  } catch {
    throw s3Error('MalformedXML');
  }
  const content = parsed[root];
  if (typeof content !== 'object' || content === null) throw s3Error('MalformedXML');
  return content as T;
}
