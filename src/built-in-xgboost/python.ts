/** How Python prints what the container answers and reports: `repr` of floats and of lists of strings. */

/** `repr(float)`: the shortest digits that read back, exponent form below 1e-4 and from 1e16, always marked as a float. */
export function floatRepr(value: number): string {
  const magnitude = Math.abs(value);
  if ((magnitude >= 1e-4 && magnitude < 1e16) || magnitude === 0) {
    if (Object.is(value, -0)) return '-0.0';
    const text = String(value);
    return Number.isInteger(value) ? `${text}.0` : text;
  }
  if (Number.isNaN(value)) return 'nan';
  if (magnitude === Infinity) return value > 0 ? 'inf' : '-inf';
  return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
}

/** `repr(list[str])` for strings without quotes of their own. */
export function listRepr(values: readonly string[]): string {
  return `[${values.map((value) => `'${value}'`).join(', ')}]`;
}

/** What `float(text)` accepts (underscores between digits aside), or undefined where it raises ValueError. */
export function parseFloatText(text: string): number | undefined {
  const trimmed = text.trim();
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(trimmed)) return Number(trimmed);
  const word = /^([+-]?)(nan|inf|infinity)$/i.exec(trimmed);
  if (!word) return undefined;
  if (word[2]?.toLowerCase() === 'nan') return NaN;
  return word[1] === '-' ? -Infinity : Infinity;
}
