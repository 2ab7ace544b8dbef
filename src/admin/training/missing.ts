/** A missing value: an empty cell, or as pandas and C write it. */
export const isMissing = (cell: string): boolean => /^\s*(nan)?\s*$/i.test(cell);
