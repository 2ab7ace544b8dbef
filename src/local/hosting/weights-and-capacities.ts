import type { DesiredWeightAndCapacity } from '../api/sagemaker.ts';
import type { DeploymentPlan, VariantSummary } from './endpoint.ts';

/** The plan with what UpdateEndpointWeightsAndCapacities asks for as its goal; `reached` makes it so. */
export function withDesired(plan: DeploymentPlan, changes: readonly DesiredWeightAndCapacity[]): DeploymentPlan {
  return onSummaries(plan, (summary) => {
    const change = changes.find(({ VariantName }) => VariantName === summary.VariantName);
    if (!change) return summary;
    const { DesiredWeight, DesiredInstanceCount, ServerlessUpdateConfig } = change;
    return {
      ...summary,
      ...(DesiredWeight !== undefined && { DesiredWeight }),
      ...(DesiredInstanceCount !== undefined && { DesiredInstanceCount }),
      ...(ServerlessUpdateConfig &&
        summary.CurrentServerlessConfig && {
          DesiredServerlessConfig: { ...summary.CurrentServerlessConfig, ...ServerlessUpdateConfig },
        }),
    };
  });
}

export const reached = (plan: DeploymentPlan): DeploymentPlan =>
  onSummaries(plan, ({ DesiredServerlessConfig, ...summary }) => ({
    ...summary,
    CurrentWeight: summary.DesiredWeight,
    ...(summary.DesiredInstanceCount !== undefined && { CurrentInstanceCount: summary.DesiredInstanceCount }),
    ...(DesiredServerlessConfig && { CurrentServerlessConfig: DesiredServerlessConfig }),
  }));

const onSummaries = (plan: DeploymentPlan, change: (summary: VariantSummary) => VariantSummary): DeploymentPlan => ({
  ...plan,
  variants: plan.variants.map((variant) => ({ ...variant, summary: change(variant.summary) })),
});
