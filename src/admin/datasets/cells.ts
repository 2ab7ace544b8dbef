/** A missing value: an empty cell, or as pandas and C write it. */
export function isMissing(cell: string): boolean {
  // What begins as a number is the usual case, and asked of every cell.
  const first = cell.charCodeAt(0);
  return !(first >= 0x2d && first <= 0x39) && /^\s*(nan)?\s*$/i.test(cell);
}

/** A cell as CSV writes it. */
export const quoted = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

/**
 * A line of CSV (RFC 4180) without its end. Not by csv-stringify, the sister of the parser in use: with its calls for each record it writes a
 * quarter as many bytes a second as this line, and the rows of whole data sets pass here.
 */
export const csvLine = (cells: readonly string[]): string => cells.map(quoted).join(',');
