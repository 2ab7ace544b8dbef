/** Where an account lives, as ARNs spell it. */
export interface Scope {
  readonly region: string;
  readonly accountId: string;
}

export function partition({ region }: Scope): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

/** SageMaker's ARNs carry the name in lower case; Describe gives it back as it was created. */
export const sagemakerArn = (scope: Scope, type: string, name: string) =>
  `arn:${partition(scope)}:sagemaker:${scope.region}:${scope.accountId}:${type}/${name.toLowerCase()}`;

export const logGroupArn = (scope: Scope, group: string) =>
  `arn:${partition(scope)}:logs:${scope.region}:${scope.accountId}:log-group:${group}`;
