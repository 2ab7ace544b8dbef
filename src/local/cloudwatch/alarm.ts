import type { MetricDataQuery, PutMetricAlarmInput } from '../api/cloudwatch.ts';

/** Comparisons with one threshold; those with a band, of anomaly detection, are not here. */
export type Comparison =
  | 'GreaterThanOrEqualToThreshold'
  | 'GreaterThanThreshold'
  | 'LessThanThreshold'
  | 'LessThanOrEqualToThreshold';

/** What PutMetricAlarm takes. Actions are kept; of them only scaling policies of this account are carried out. */
export type AlarmRequest = PutMetricAlarmInput & {
  EvaluationPeriods: number;
  Threshold: number;
  ComparisonOperator: Comparison;
};

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** An alarm as DescribeAlarms gives it back, tags apart. Times in epoch seconds. */
export type Alarm = AlarmRequest & {
  AlarmArn: string;
  AlarmConfigurationUpdatedTimestamp: number;
  StateValue: AlarmState;
  StateReason: string;
  StateReasonData?: string;
  StateUpdatedTimestamp: number;
  StateTransitionedTimestamp: number;
};

/** The queries an alarm comes down to, its one metric being one of them. */
export function queriesOf(alarm: AlarmRequest): readonly MetricDataQuery[] {
  if (alarm.Metrics) return alarm.Metrics;
  const { Namespace, MetricName, Dimensions, Period = 60, Statistic, ExtendedStatistic } = alarm;
  return [
    {
      Id: 'm1',
      MetricStat: {
        Metric: {
          ...(Namespace !== undefined && { Namespace }),
          ...(MetricName !== undefined && { MetricName }),
          ...(Dimensions && { Dimensions }),
        },
        Period,
        Stat: Statistic ?? ExtendedStatistic ?? '',
      },
    },
  ];
}

/** Seconds of one data point. */
export const periodOf = (alarm: Pick<AlarmRequest, 'Period' | 'Metrics'>): number =>
  alarm.Period ?? alarm.Metrics?.find(({ MetricStat }) => MetricStat)?.MetricStat?.Period ?? 60;

/** The query whose values are compared with the threshold. */
export const watchedId = (queries: readonly MetricDataQuery[]): string =>
  (queries.find(({ ReturnData }) => ReturnData ?? queries.length === 1) ?? queries[0])?.Id ?? '';
