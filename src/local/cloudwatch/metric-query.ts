import type { MetricDataQuery } from '../api/cloudwatch.ts';
import { evaluate, idsOf, parseExpression, type Values } from './expression.ts';
import type { MetricStore } from './metric-store.ts';
import { dimensionRecord, invalidParameter } from './parameters.ts';
import { isPercentile, simpleStatistics } from './statistic-set.ts';

/** A stretch of time, epoch milliseconds, without its end. */
export interface Window {
  from: number;
  to: number;
}

/** @throws AwsError InvalidParameterValue */
export function checkStatistic(name: string): void {
  if (!simpleStatistics.includes(name) && !isPercentile(name)) {
    throw invalidParameter(`The value ${name} for parameter Stat is not supported.`);
  }
}

/** The value of each query in each window, by id. @throws AwsError InvalidParameterValue */
export function answerQueries(
  queries: readonly MetricDataQuery[],
  metrics: MetricStore,
  windows: readonly Window[],
): Map<string, Values> {
  const results = new Map<string, Values>();
  const byId = new Map(queries.map((query) => [query.Id, query]));
  if (byId.size < queries.length) throw invalidParameter('The ids of MetricDataQueries must be unique.');
  const metricIds = queries.filter(({ MetricStat }) => MetricStat).map(({ Id }) => Id);
  for (const { Id } of queries) answer(Id, []);
  return results;

  function answer(id: string, above: readonly string[]): Values {
    const known = results.get(id);
    if (known) return known;
    const query = byId.get(id);
    if (!query || above.includes(id)) throw invalidParameter(`The id '${id}' of an expression cannot be resolved.`);
    const values = query.MetricStat ? statistics(query.MetricStat) : math(query, above);
    results.set(id, values);
    return values;
  }

  function math({ Id, Expression }: MetricDataQuery, above: readonly string[]): Values {
    if (Expression === undefined) throw invalidParameter(`The query '${Id}' has neither MetricStat nor Expression.`);
    const parsed = parseExpression(Expression);
    const ids = idsOf(parsed, () => metricIds);
    return evaluate(parsed, new Map(ids.map((id) => [id, answer(id, [...above, Id])])), windows.length);
  }

  function statistics({ Metric, Stat }: NonNullable<MetricDataQuery['MetricStat']>): Values {
    checkStatistic(Stat);
    const series = metrics.find({
      namespace: Metric.Namespace ?? '',
      name: Metric.MetricName ?? '',
      dimensions: dimensionRecord(Metric.Dimensions),
    });
    return windows.map(({ from, to }) => series && metrics.window(series, from, to)?.get(Stat));
  }
}
