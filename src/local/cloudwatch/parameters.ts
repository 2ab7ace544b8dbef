import type { Dimension } from '../api/cloudwatch.ts';
import { AwsError } from '../wire/aws-error.ts';

export const dimensionRecord = (dimensions: readonly Dimension[] = []): Record<string, string> =>
  Object.fromEntries(dimensions.map(({ Name, Value }) => [Name, Value]));

export const dimensionList = (dimensions: Readonly<Record<string, string>>): Dimension[] =>
  Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));

export const invalidParameter = (message: string) => new AwsError('InvalidParameterValue', message);

/** Periods of CloudWatch: 1, 5, 10, 20 or 30 seconds, or whole minutes. @throws AwsError InvalidParameterValue */
export function checkPeriod(period: number): void {
  if ([1, 5, 10, 20, 30].includes(period) || period % 60 === 0) return;
  throw invalidParameter('The value for parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60.');
}
