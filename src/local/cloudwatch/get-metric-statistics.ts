import type { Account } from '../account.ts';
import type { Inputs } from '../api/cloudwatch.ts';
import { AwsError } from '../wire/aws-error.ts';
import { alignedWindows } from './get-metric-data.ts';
import { checkStatistic } from './metric-query.ts';
import { checkPeriod, dimensionRecord } from './parameters.ts';

const mostDatapoints = 1440;

/** Data points come in no order, says AWS; here in that of their time. */
export const getMetricStatistics = (input: Inputs['GetMetricStatistics'], { metrics }: Account) => {
  const { Statistics = [], ExtendedStatistics = [], Period } = input;
  if (Statistics.length + ExtendedStatistics.length === 0) {
    throw new AwsError('MissingParameter', 'Must specify either Statistics or ExtendedStatistics');
  }
  for (const name of [...Statistics, ...ExtendedStatistics]) checkStatistic(name);
  checkPeriod(Period);
  const windows = alignedWindows(input.StartTime, input.EndTime, Period, [Period]);
  if (windows.length > mostDatapoints) {
    throw new AwsError(
      'InvalidParameterCombination',
      `You have requested up to ${windows.length} datapoints, which exceeds the limit of ${mostDatapoints}.`,
    );
  }
  const dimensions = dimensionRecord(input.Dimensions);
  const series = metrics.find({ namespace: input.Namespace, name: input.MetricName, dimensions });
  return {
    Label: input.MetricName,
    Datapoints: windows.flatMap(({ from, to }) => {
      const set = series && metrics.window(series, from, to);
      if (!set) return [];
      const values = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, set.get(name)]));
      return {
        Timestamp: from / 1000,
        ...values(Statistics),
        ...(ExtendedStatistics.length > 0 && { ExtendedStatistics: values(ExtendedStatistics) }),
        Unit: series.unit,
      };
    }),
  };
};
