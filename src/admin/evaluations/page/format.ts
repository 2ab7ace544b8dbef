const counts = new Intl.NumberFormat('en-US');

export const count = (value: number): string => counts.format(value);

export const percent = (share: number | null | undefined, digits = 1): string =>
  share === null || share === undefined ? '–' : `${(share * 100).toFixed(digits)}%`;

export const decimal = (value: number | null | undefined, digits = 3): string =>
  value === null || value === undefined ? '–' : value.toFixed(digits);

/** A number as short as it can be said. */
export const short = (value: number): string => String(Number(value.toPrecision(3)));

/** A coordinate: a tenth of a pixel is fine enough. */
export const at = (value: number): string => String(Math.round(value * 10) / 10);
