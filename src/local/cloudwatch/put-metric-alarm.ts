import type { Account } from '../account.ts';
import type { Inputs } from '../api/cloudwatch.ts';
import { partition } from '../arn.ts';
import { epochSeconds } from '../clock.ts';
import { AwsError } from '../wire/aws-error.ts';
import { type AlarmRequest, periodOf, queriesOf } from './alarm.ts';
import { answerQueries } from './metric-query.ts';
import { checkPeriod, invalidParameter } from './parameters.ts';

export const putMetricAlarm = async (request: Inputs['PutMetricAlarm'], account: Account) => {
  const input = check(request);
  answerQueries(queriesOf(input), account.metrics, []);
  const now = epochSeconds();
  const { region, accountId } = account;
  await account.alarms.put({
    ActionsEnabled: true,
    ...input,
    AlarmArn: `arn:${partition(account)}:cloudwatch:${region}:${accountId}:alarm:${input.AlarmName}`,
    AlarmConfigurationUpdatedTimestamp: now,
    StateValue: 'INSUFFICIENT_DATA',
    StateReason: 'Unchecked: Initial alarm creation',
    StateUpdatedTimestamp: now,
    StateTransitionedTimestamp: now,
  });
};

const comparisons: readonly string[] = [
  'GreaterThanOrEqualToThreshold',
  'GreaterThanThreshold',
  'LessThanThreshold',
  'LessThanOrEqualToThreshold',
];
const missingData: readonly (string | undefined)[] = [undefined, 'breaching', 'notBreaching', 'ignore', 'missing'];

function check(input: Inputs['PutMetricAlarm']): AlarmRequest {
  const { MetricName, Namespace, Statistic, ExtendedStatistic, Period, Metrics } = input;
  const { EvaluationPeriods, Threshold, ComparisonOperator = '' } = input;
  if (EvaluationPeriods === undefined || Threshold === undefined) {
    throw new AwsError('MissingParameter', 'The parameters EvaluationPeriods and Threshold are required.');
  }
  if (!comparisons.includes(ComparisonOperator)) {
    throw invalidParameter(`The value ${ComparisonOperator} for parameter ComparisonOperator is not supported.`);
  }
  const single = [MetricName, Namespace, Statistic, ExtendedStatistic, Period, input.Dimensions];
  if (Metrics) {
    if (single.some((member) => member !== undefined)) {
      throw combination(
        'The parameter Metrics cannot be used with MetricName, Namespace, Statistic, Period or Dimensions.',
      );
    }
  } else {
    if (MetricName === undefined || Namespace === undefined || Period === undefined) {
      throw new AwsError('MissingParameter', 'The parameters MetricName, Namespace and Period are required.');
    }
    if ((Statistic === undefined) === (ExtendedStatistic === undefined)) {
      throw combination('Exactly one of Statistic and ExtendedStatistic must be specified.');
    }
  }
  checkPeriod(periodOf(input));
  if ((input.DatapointsToAlarm ?? 1) > EvaluationPeriods) {
    throw combination('DatapointsToAlarm must be less than or equal to EvaluationPeriods.');
  }
  if (!missingData.includes(input.TreatMissingData)) {
    throw invalidParameter(`The value ${input.TreatMissingData} for parameter TreatMissingData is not supported.`);
  }
  return { ...input, EvaluationPeriods, Threshold, ComparisonOperator } as AlarmRequest;
}

const combination = (message: string) => new AwsError('InvalidParameterCombination', message);
