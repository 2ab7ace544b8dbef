import type { Account } from '../account.ts';
import { sagemakerArn } from '../arn.ts';
import type { InferenceComponent } from '../inference-components/inference-component.ts';
import { validationException } from '../wire/aws-error.ts';

/** @throws AwsError ValidationException */
export function findInferenceComponent(account: Account, name: string): InferenceComponent {
  const component = account.inferenceComponents.get(name.toLowerCase());
  if (component) return component;
  throw validationException(
    `Could not find inference component "${sagemakerArn(account, 'inference-component', name)}".`,
  );
}

/** One that is not on its way to something else. @throws AwsError ValidationException */
export function settledInferenceComponent(account: Account, name: string): InferenceComponent {
  const component = findInferenceComponent(account, name);
  if (component.InferenceComponentStatus === 'InService' || component.InferenceComponentStatus === 'Failed') {
    return component;
  }
  throw validationException(`Cannot update in-progress inference component "${component.InferenceComponentArn}".`);
}
