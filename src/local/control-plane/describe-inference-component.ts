import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { findInferenceComponent } from './find-inference-component.ts';

export const describeInferenceComponent = (
  { InferenceComponentName }: Inputs['DescribeInferenceComponent'],
  account: Account,
) => {
  const component = findInferenceComponent(account, InferenceComponentName);
  const { container: _, pending: __, desiredCopies, currentCopies, Tags: ___, Specification, ...rest } = component;
  const { Container, ...specification } = Specification;
  const { Image, ...contained } = Container ?? {};
  return {
    ...rest,
    Specification: {
      ...specification,
      ...(Container && {
        Container: {
          ...contained,
          DeployedImage: {
            SpecifiedImage: Image,
            ResolvedImage: Image,
            ResolutionTime: rest.CreationTime,
          },
        },
      }),
    },
    RuntimeConfig: { DesiredCopyCount: desiredCopies, CurrentCopyCount: currentCopies },
  };
};
