/** An element's content: text, children by name, or several of the same name. Undefined members are left out. */
export type XmlValue = string | number | boolean | undefined | XmlValue[] | { [name: string]: XmlValue };

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';
const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#13;',
};

export function xmlDocument(root: string, content: XmlValue, namespace?: string): string {
  const attribute = namespace === undefined ? '' : ` xmlns="${namespace}"`;
  return `${declaration}<${root}${attribute}>${inner(content)}</${root}>`;
}

const special = /[&<>"\r]/;
const specials = new RegExp(special, 'g');

/** Loops and concatenation, which is three times as fast as map and join: a page of a listing has eight thousand elements. */
function inner(value: XmlValue): string {
  if (typeof value === 'string')
    return special.test(value) ? value.replace(specials, (char) => entities[char] ?? char) : value;
  if (typeof value !== 'object') return String(value ?? '');
  let text = '';
  for (const name in value) text += element(name, (value as Record<string, XmlValue>)[name]);
  return text;
}

function element(name: string, value: XmlValue): string {
  if (value === undefined) return '';
  if (!Array.isArray(value)) return `<${name}>${inner(value)}</${name}>`;
  let text = '';
  for (const each of value) text += element(name, each);
  return text;
}
