/** The names by which a search finds the values of a resource: those that `valuesAt` takes. */
export function* propertyNames(resource: object, prefix = ''): Generator<string> {
  for (const [name, value] of Object.entries(resource)) {
    if (value === undefined || value === null) continue;
    const path = prefix + name;
    if (name === 'Tags') yield* keysOf(value, 'Key', `${prefix}Tags`);
    else if (name === 'FinalMetricDataList') yield* keysOf(value, 'MetricName', `${prefix}Metrics`);
    else if (typeof value !== 'object') yield path;
    else if (Array.isArray(value)) {
      for (const each of value) {
        if (typeof each === 'object' && each !== null) yield* propertyNames(each, `${path}.`);
        else yield path;
      }
    } else yield* propertyNames(value, `${path}.`);
  }
}

function* keysOf(list: unknown, key: string, prefix: string): Generator<string> {
  for (const each of Array.isArray(list) ? list : []) yield `${prefix}.${Reflect.get(each, key)}`;
}
