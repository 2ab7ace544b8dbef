import type { Account } from '../account.ts';
import type { Inputs } from '../api/cloudwatch.ts';
import { dimensionList } from './parameters.ts';

const pageSize = 500;

export const listMetrics = (input: Inputs['ListMetrics'], { metrics }: Account) => {
  const start = Number(input.NextToken ?? 0);
  const found = metrics
    .list()
    .filter(
      ({ namespace, name, dimensions }) =>
        (input.Namespace ?? namespace) === namespace &&
        (input.MetricName ?? name) === name &&
        (input.Dimensions ?? []).every(
          ({ Name, Value }) => Object.hasOwn(dimensions, Name) && (Value ?? dimensions[Name]) === dimensions[Name],
        ),
    );
  return {
    Metrics: found.slice(start, start + pageSize).map(({ namespace, name, dimensions }) => ({
      Namespace: namespace,
      MetricName: name,
      Dimensions: dimensionList(dimensions),
    })),
    ...(start + pageSize < found.length && { NextToken: String(start + pageSize) }),
  };
};
