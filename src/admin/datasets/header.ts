/** Whether a cell holds a number; an empty one does not. */
export const isNumeric = (cell: string): boolean => cell.trim() !== '' && !Number.isNaN(Number(cell));

/** The first row is taken for a header when none of its cells is a number and none repeats. */
export function looksLikeHeader(cells: readonly string[]): boolean {
  const named = cells.filter((cell) => cell.trim() !== '');
  return named.length > 0 && !named.some(isNumeric) && new Set(named).size === named.length;
}

/** Column names from a header, or made up: pandas, for one, leaves the name of its index column empty. */
export const columnNames = (cells: readonly string[], header: boolean): string[] =>
  cells.map((cell, index) => (header && cell.trim() !== '' ? cell.trim() : `_c${index}`));

/** The first name that stands twice. */
export const repeated = (names: readonly string[]): string | undefined =>
  names.find((name, index) => names.indexOf(name) !== index);
