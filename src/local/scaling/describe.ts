import type { Account } from '../account.ts';
import type { Inputs } from '../api/application-autoscaling.ts';
import { pageOf } from '../wire/page-of.ts';

interface Filter {
  ResourceId?: string;
  ScalableDimension?: string;
  NextToken?: string;
  MaxResults?: number;
}

export const describeScalableTargets = (input: Inputs['DescribeScalableTargets'], { scaler }: Account) => {
  const found = [...scaler.targets.values()].filter(
    ({ ResourceId, ScalableDimension }) =>
      (input.ResourceIds?.includes(ResourceId) ?? true) &&
      (input.ScalableDimension ?? ScalableDimension) === ScalableDimension,
  );
  const { items, ...next } = paged(found, input, ({ ScalableTargetARN }) => ScalableTargetARN);
  return { ScalableTargets: items.map(({ Tags: _, ...target }) => target), ...next };
};

export const describeScalingPolicies = (input: Inputs['DescribeScalingPolicies'], { scaler }: Account) => {
  const found = matching(scaler.policies.values(), input).filter(
    ({ PolicyName }) => input.PolicyNames?.includes(PolicyName) ?? true,
  );
  const { items, ...next } = paged(found, input, ({ PolicyARN }) => PolicyARN);
  return { ScalingPolicies: items, ...next };
};

/** The newest first. */
export const describeScalingActivities = (input: Inputs['DescribeScalingActivities'], { scaler }: Account) => {
  const found = matching(scaler.activities.values(), input).reverse();
  const { items, ...next } = paged(found, input, ({ ActivityId }) => ActivityId);
  return { ScalingActivities: items.map(({ change: _, ...activity }) => activity), ...next };
};

const matching = <T extends { ResourceId: string; ScalableDimension: string }>(all: Iterable<T>, filter: Filter): T[] =>
  [...all].filter(
    ({ ResourceId, ScalableDimension }) =>
      (filter.ResourceId ?? ResourceId) === ResourceId &&
      (filter.ScalableDimension ?? ScalableDimension) === ScalableDimension,
  );

function paged<T>(all: T[], { NextToken, MaxResults = 50 }: Filter, idOf: (item: T) => string) {
  const request = { limit: MaxResults, ...(NextToken !== undefined && { nextToken: NextToken }) };
  const { page, nextToken } = pageOf(all, request, idOf);
  return { items: page, ...(nextToken !== undefined && { NextToken: nextToken }) };
}
