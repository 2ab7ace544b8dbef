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

function inner(value: XmlValue): string {
  if (typeof value !== 'object') return String(value ?? '').replace(/[&<>"\r]/g, (char) => entities[char] ?? char);
  return Object.entries(value)
    .map(([name, child]) => element(name, child))
    .join('');
}

function element(name: string, value: XmlValue): string {
  if (value === undefined) return '';
  if (Array.isArray(value)) return value.map((each) => element(name, each)).join('');
  return `<${name}>${inner(value)}</${name}>`;
}
