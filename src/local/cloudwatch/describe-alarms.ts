import type { Account } from '../account.ts';
import type { Inputs } from '../api/cloudwatch.ts';

/** By name, so many a page; the token is the last name of the page before. */
export const describeAlarms = (input: Inputs['DescribeAlarms'], { alarms }: Account) => {
  const { AlarmNames, AlarmNamePrefix = '', AlarmTypes, ActionPrefix, MaxRecords = 50, NextToken = '' } = input;
  const found = alarms
    .list()
    .filter(
      ({ AlarmName, StateValue, AlarmActions, OKActions, InsufficientDataActions }) =>
        (AlarmTypes?.includes('MetricAlarm') ?? true) &&
        (AlarmNames?.includes(AlarmName) ?? true) &&
        AlarmName.startsWith(AlarmNamePrefix) &&
        (input.StateValue ?? StateValue) === StateValue &&
        (ActionPrefix === undefined ||
          [AlarmActions, OKActions, InsufficientDataActions].some((actions) =>
            actions?.some((action) => action.startsWith(ActionPrefix)),
          )) &&
        AlarmName > NextToken,
    )
    .sort((a, b) => (a.AlarmName < b.AlarmName ? -1 : 1));
  const page = found.slice(0, MaxRecords);
  return {
    MetricAlarms: page.map(({ Tags: _, ...alarm }) => ({
      OKActions: [],
      AlarmActions: [],
      InsufficientDataActions: [],
      ...alarm,
    })),
    CompositeAlarms: [],
    ...(found.length > page.length && { NextToken: page.at(-1)?.AlarmName }),
  };
};
