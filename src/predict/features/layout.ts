import type { Feature } from '../../config/feature.ts';
import type { Cell } from '../schemas.ts';

/** One column of the model's input. */
export interface Column {
  readonly name: string;
  readonly feature: Feature;
  /** The category that the column stands for, where the feature is one-hot. */
  readonly category?: string;
}

/** How a model's features lie in its columns. */
export interface Layout {
  readonly features: readonly Feature[];
  readonly columns: readonly Column[];
  /** A row may be given by features, by the columns of one that is one-hot, or by some of both. */
  readonly names: ReadonlySet<string>;
  readonly featureNames: ReadonlySet<string>;
  /** The columns of each category of a feature that is one-hot, ready to be copied. */
  readonly oneHot: ReadonlyMap<Feature, ReadonlyMap<string, readonly number[]>>;
  /** Values that mean there is none, of the features that have such. */
  readonly markers: ReadonlyMap<Feature, ReadonlySet<string>>;
  /** Every column holds a number, and each as it stands, so that rows can be checked as text, fast. */
  readonly numeric: boolean;
  readonly strictRanges: boolean;
}

const columnsOf = (feature: Feature): Column[] =>
  feature.columns?.map((name, i) => ({ name, feature, category: feature.categories?.[i] ?? '' })) ?? [
    { name: feature.name, feature },
  ];

const oneHotOf = ({ categories = [], columns = [] }: Feature): ReadonlyMap<string, readonly number[]> =>
  new Map(categories.map((category, chosen) => [category, columns.map((_column, i) => (i === chosen ? 1 : 0))]));

interface Described {
  readonly features?: readonly Feature[];
  readonly strictRanges?: boolean;
}

const layouts = new WeakMap<Described, Layout>();

/** The layout of a model's features, made once for each model; undefined when they are not known. */
export function layoutOf(model: Described): Layout | undefined {
  const { features, strictRanges = false } = model;
  if (features === undefined) return undefined;
  let layout = layouts.get(model);
  if (layout === undefined) {
    const columns = features.flatMap(columnsOf);
    const markers = new Map(features.flatMap((one) => (one.missing ? [[one, new Set(one.missing)]] : [])));
    layout = {
      features,
      columns,
      featureNames: new Set(features.map(({ name }) => name)),
      oneHot: new Map(features.map((feature) => [feature, oneHotOf(feature)])),
      names: new Set([...features.map(({ name }) => name), ...columns.map(({ name }) => name)]),
      markers,
      numeric: markers.size === 0 && !columns.some(isText),
      strictRanges,
    };
    layouts.set(model, layout);
  }
  return layout;
}

/** Whether a column holds the text of a category, rather than a number. */
export const isText = ({ feature, category }: Column): boolean => feature.type === 'category' && category === undefined;

/** Null for a value that means there is none. */
export const unmarked = <Value extends Cell | undefined>(
  value: Value,
  feature: Feature,
  { markers }: Layout,
): Value | null => (markers.size > 0 && markers.get(feature)?.has(String(value).trim()) ? null : value);
