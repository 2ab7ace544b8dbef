import type { Account } from '../account.ts';
import type { Inputs } from '../api/cloudwatch.ts';
import { dimensionRecord, invalidParameter } from './parameters.ts';

/** Single values and values with counts; whole statistic sets (StatisticValues) are not taken. */
export const putMetricData = async ({ Namespace, MetricData = [] }: Inputs['PutMetricData'], { metrics }: Account) => {
  for (const { Value, Values } of MetricData) {
    if ((Value === undefined) === (Values === undefined)) {
      throw invalidParameter('Exactly one of Value and Values must be specified for each metric datum.');
    }
  }
  for (const { MetricName, Dimensions, Timestamp, Value, Values, Counts, Unit } of MetricData) {
    const metric = { namespace: Namespace, name: MetricName, dimensions: dimensionRecord(Dimensions) };
    const at = Timestamp === undefined ? Date.now() : Timestamp * 1000;
    const values = Values ?? (Value === undefined ? [] : [Value]);
    for (const [index, value] of values.entries()) {
      metrics.add(metrics.series(metric, Unit), value, at, Counts?.[index] ?? 1);
    }
  }
};
