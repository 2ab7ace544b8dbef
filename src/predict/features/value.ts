import type { Feature } from '../../config/feature.ts';
import type { Cell } from '../schemas.ts';
import type { Column } from './layout.ts';

/** Longer lists of what is allowed are cut: an answer must not grow with the model. */
const listed = 50;

const shown = (value: Cell): string => {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
};

function wrongCategory({ name, categories }: Feature, value: Cell): string | undefined {
  if (typeof value === 'boolean') return `${name} must be a category, not ${value}`;
  if (categories === undefined || categories.includes(String(value))) return undefined;
  const more = categories.length > listed ? ', …' : '';
  return `${name} must be one of ${categories.slice(0, listed).join(', ')}${more}, not ${shown(value)}`;
}

function outOfRange({ name, min, max }: Feature, value: number): string | undefined {
  if (min !== undefined && value < min) return `${name} must be at least ${min}, not ${value}`;
  if (max !== undefined && value > max) return `${name} must be at most ${max}, not ${value}`;
  return undefined;
}

/** What is wrong with a value of a named feature, in a sentence. */
export function wrongValue(feature: Feature, value: Cell, strictRanges: boolean): string | undefined {
  const { name, type = 'number', nullable = true } = feature;
  if (value === null) return nullable ? undefined : `${name} must not be null`;
  if (type === 'category') return wrongCategory(feature, value);
  if (type === 'boolean') {
    return value === true || value === false || value === 0 || value === 1
      ? undefined
      : `${name} must be true, false, 0 or 1, not ${shown(value)}`;
  }
  if (typeof value === 'string') return `${name} must be a number, not text`;
  if (typeof value === 'boolean') return `${name} must be a number, not ${value}`;
  if (type === 'integer' && !Number.isInteger(value)) return `${name} must be an integer, not ${value}`;
  return strictRanges ? outOfRange(feature, value) : undefined;
}

/** What is wrong with a cell of a row that is given as the model's own columns: these hold numbers, whatever the feature means. */
export function wrongCell(
  { name, feature }: Column,
  isText: boolean,
  value: Cell,
  strictRanges: boolean,
): string | undefined {
  if (isText) return value === null ? undefined : wrongCategory(feature, value);
  if (typeof value === 'string') return `${name} must be a number, not text`;
  if (!strictRanges || typeof value !== 'number' || feature.type === 'category') return undefined;
  return outOfRange(feature, value);
}
