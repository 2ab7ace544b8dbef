import type { Account } from '../account.ts';
import type { Inputs } from '../api/cloudwatch.ts';
import { answerQueries, type Window } from './metric-query.ts';
import { checkPeriod, invalidParameter } from './parameters.ts';

/** Most data points of an answer. There never is a second page: what asks for more is refused. */
const mostDatapoints = 100_800;

export const getMetricData = (input: Inputs['GetMetricData'], { metrics }: Account) => {
  const { MetricDataQueries: queries, ScanBy = 'TimestampDescending' } = input;
  const periods = queries.flatMap(({ MetricStat, Period }) => MetricStat?.Period ?? Period ?? []);
  for (const period of periods) checkPeriod(period);
  const windows = alignedWindows(input.StartTime, input.EndTime, Math.max(60, ...periods), periods);
  if (windows.length * queries.length > mostDatapoints) {
    throw invalidParameter(`You have requested more than ${mostDatapoints} datapoints; take a longer Period.`);
  }
  const results = answerQueries(queries, metrics, windows);
  const order = windows.map((_, at) => at);
  if (ScanBy === 'TimestampDescending') order.reverse();
  return {
    MetricDataResults: queries
      .filter(({ ReturnData }) => ReturnData ?? true)
      .map(({ Id, Label, MetricStat, Expression }) => {
        const values = results.get(Id) ?? [];
        const present = order.filter((at) => values[at] !== undefined);
        return {
          Id,
          Label: Label ?? MetricStat?.Metric.MetricName ?? Expression ?? Id,
          Timestamps: present.map((at) => (windows[at]?.from ?? 0) / 1000),
          Values: present.map((at) => values[at]),
          StatusCode: 'Complete',
        };
      }),
    Messages: [],
  };
};

/** Stretches of one period that begin at a multiple of it, as CloudWatch cuts them. Times in epoch seconds. */
export function alignedWindows(start: number, end: number, usual: number, periods: readonly number[]): Window[] {
  if (!(start < end)) throw invalidParameter('The parameter StartTime must be less than the parameter EndTime.');
  const period = periods.length > 0 ? Math.max(...periods) : usual;
  const first = Math.floor(start / period) * period;
  const count = Math.min(Math.ceil((end - first) / period), mostDatapoints + 1);
  return Array.from({ length: count }, (_, at) => ({
    from: (first + at * period) * 1000,
    to: (first + (at + 1) * period) * 1000,
  }));
}
