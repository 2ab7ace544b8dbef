import type { Feature } from '../../config/feature.ts';

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
  /** Every column holds a number, so that rows can be checked as text, fast. */
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
    layout = {
      features,
      columns,
      featureNames: new Set(features.map(({ name }) => name)),
      oneHot: new Map(features.map((feature) => [feature, oneHotOf(feature)])),
      names: new Set([...features.map(({ name }) => name), ...columns.map(({ name }) => name)]),
      numeric: !columns.some(isText),
      strictRanges,
    };
    layouts.set(model, layout);
  }
  return layout;
}

/** Whether a column holds the text of a category, rather than a number. */
export const isText = ({ feature, category }: Column): boolean => feature.type === 'category' && category === undefined;
