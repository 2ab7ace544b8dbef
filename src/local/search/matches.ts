import type { Filter, SearchExpression } from '../api/sagemaker.ts';

/** Whether a resource, as Describe shows it with its tags, is what a search looks for. */
export function matches(resource: unknown, expression: SearchExpression): boolean {
  const { Filters = [], NestedFilters = [], SubExpressions = [], Operator = 'And' } = expression;
  const conditions = [
    ...Filters.map((filter) => () => fits(valuesAt(resource, filter.Name), filter)),
    // All filters must hold for one and the same element of the list.
    ...NestedFilters.map((nested) => () => {
      const elements = valuesAt(resource, nested.NestedPropertyName);
      const inner = (name: string) => name.replace(`${nested.NestedPropertyName}.`, '');
      return elements.some((each) =>
        nested.Filters.every((filter) => fits(valuesAt(each, inner(filter.Name)), filter)),
      );
    }),
    ...SubExpressions.map((sub) => () => matches(resource, sub)),
  ];
  return Operator === 'Or' ? conditions.some((holds) => holds()) : conditions.every((holds) => holds());
}

/** The values of a property such as `TrainingJobStatus`, `HyperParameters.eta`, `Tags.team`, `Metrics.validation:auc` or `InputDataConfig.ChannelName`. */
export function valuesAt(resource: unknown, path: string): unknown[] {
  const [first = '', ...rest] = path.split('.');
  if (Array.isArray(resource)) {
    return /^\d+$/.test(first)
      ? valuesAt(resource[Number(first)], rest.join('.'))
      : resource.flatMap((each) => valuesAt(each, path));
  }
  if (path === '') return resource === undefined ? [] : [resource];
  if (typeof resource !== 'object' || resource === null) return [];
  const named = rest.join('.');
  if (first === 'Tags') return pick(Reflect.get(resource, 'Tags'), 'Key', named, 'Value');
  if (first === 'Metrics') return pick(Reflect.get(resource, 'FinalMetricDataList'), 'MetricName', named, 'Value');
  // A hyperparameter may have a dot in its name.
  if (Object.hasOwn(resource, path)) return valuesAt(Reflect.get(resource, path), '');
  const value: unknown = Reflect.get(resource, first);
  if (rest.length === 0 && Array.isArray(value)) return value;
  return valuesAt(value, named);
}

function pick(list: unknown, key: string, name: string, value: string): unknown[] {
  if (!Array.isArray(list)) return [];
  return list.filter((each) => Reflect.get(each, key) === name).map((each) => Reflect.get(each, value));
}

/** Without an operator it is Equals, without a value Exists. */
function fits(values: readonly unknown[], { Operator, Value: given }: Filter): boolean {
  const operator = Operator ?? (given === undefined ? 'Exists' : 'Equals');
  const Value = given ?? '';
  const some = (test: (value: unknown) => boolean) => values.some(test);
  switch (operator) {
    case 'Exists':
      return values.length > 0;
    case 'NotExists':
      return values.length === 0;
    case 'Equals':
      return some((value) => compare(value, Value) === 0);
    case 'NotEquals':
      return !some((value) => compare(value, Value) === 0);
    case 'In':
      return some((value) => Value.split(',').some((each) => compare(value, each.trim()) === 0));
    case 'Contains':
      return some((value) => String(value).toLowerCase().includes(Value.toLowerCase()));
    case 'GreaterThan':
      return some((value) => compare(value, Value) > 0);
    case 'GreaterThanOrEqualTo':
      return some((value) => compare(value, Value) >= 0);
    case 'LessThan':
      return some((value) => compare(value, Value) < 0);
    default:
      return some((value) => compare(value, Value) <= 0);
  }
}

/** As numbers where both are, times included, which a filter may write as ISO 8601; else as text. NaN when they cannot be compared. */
function compare(value: unknown, wanted: string): number {
  if (typeof value === 'number') {
    const number = Number.isNaN(Number(wanted)) ? Date.parse(wanted) / 1000 : Number(wanted);
    return value - number;
  }
  const text = String(value);
  const [a, b] = [Number(text), Number(wanted)];
  if (text.trim() !== '' && wanted.trim() !== '' && !Number.isNaN(a) && !Number.isNaN(b)) return a - b;
  return text === wanted ? 0 : text < wanted ? -1 : 1;
}
