import { api, type Inputs } from '../api/logs.ts';
import type { Actions, Service } from '../wire/operation.ts';
import { describeLogGroups } from './describe-log-groups.ts';
import { describeLogStreams } from './describe-log-streams.ts';
import { getLogEvents } from './get-log-events.ts';

const actions: Actions<Inputs> = {
  DescribeLogGroups: describeLogGroups,
  DescribeLogStreams: describeLogStreams,
  GetLogEvents: getLogEvents,
};

export const logs: Service = { name: 'CloudWatch Logs', api, actions, invalid: 'InvalidParameterException' };
