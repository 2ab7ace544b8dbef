import type { FastifyPluginAsync } from 'fastify';
import type { AdminContext, AdminOptions, WorkLine } from './context.ts';
import { DatasetProfile } from './datasets/profile-schema.ts';
import datasets from './datasets/routes.ts';
import {
  Dataset,
  DatasetPage,
  NewPreparation,
  NewRegistration,
  NewSplit,
  Preview,
  SplitParts,
} from './datasets/schema.ts';
import { hostingPlan } from './deployments/hosting-plan.ts';
import { removalPlan } from './deployments/removal-plan.ts';
import { rolloutPlan } from './deployments/rollout-plan.ts';
import { RolloutStatus } from './deployments/rollout-schema.ts';
import deployments from './deployments/routes.ts';
import {
  Deployment,
  DeploymentChange,
  DeploymentPage,
  DeploymentVersion,
  DeploymentVersionPage,
  NewDeployment,
  NewVersion,
  RollBackOrder,
} from './deployments/schema.ts';
import evaluations from './evaluations/routes.ts';
import { EvaluationRunner } from './evaluations/runner.ts';
import { Evaluation, EvaluationPage, EvaluationSummary, Metrics, NewEvaluation } from './evaluations/schema.ts';
import images from './images/routes.ts';
import { ImageRepository, ImageRepositoryPage, ImageRepositorySummary } from './images/schema.ts';
import notebooks from './notebooks/routes.ts';
import {
  NewNotebook,
  Notebook,
  NotebookActivity,
  NotebookPage,
  NotebookSummary,
  NotebookUrl,
  StopOrder,
  UrlOrder,
} from './notebooks/schema.ts';
import { Removed } from './resource-schema.ts';
import { deliveryPlan } from './training/delivery-plan.ts';
import { DeliveryStatus } from './training/delivery-schema.ts';
import { LogPage, RoundMetrics } from './training/log.ts';
import training from './training/routes.ts';
import { NewTrainingJob, TrainingJob, TrainingJobPage, TrainingJobSummary } from './training/schema.ts';
import transforms from './transforms/routes.ts';
import { NewTransformJob, TransformJob, TransformJobPage, TransformJobSummary } from './transforms/schema.ts';
import tuning from './tuning/routes.ts';
import {
  NewTuningJob,
  Promotion,
  Trial,
  TrialPage,
  TuningJob,
  TuningJobPage,
  TuningJobSummary,
} from './tuning/schema.ts';
import { type Plan, Reconciler } from './work/reconciler.ts';
import { WorkStore } from './work/work-store.ts';

const components = [
  ...[Removed, Dataset, DatasetPage, DatasetProfile, Preview, SplitParts],
  ...[NewRegistration, NewSplit, NewPreparation],
  ...[DeliveryStatus, NewTrainingJob, TrainingJob, TrainingJobSummary, TrainingJobPage, LogPage, RoundMetrics],
  ...[RolloutStatus, NewDeployment, NewVersion, DeploymentChange, RollBackOrder],
  ...[Deployment, DeploymentPage, DeploymentVersion, DeploymentVersionPage],
  ...[Metrics, NewEvaluation, Evaluation, EvaluationSummary, EvaluationPage],
  ...[NewTuningJob, TuningJob, TuningJobSummary, TuningJobPage, Trial, TrialPage, Promotion],
  ...[NewNotebook, Notebook, NotebookSummary, NotebookPage, NotebookActivity, NotebookUrl, StopOrder, UrlOrder],
  ...[ImageRepository, ImageRepositorySummary, ImageRepositoryPage],
  ...[NewTransformJob, TransformJob, TransformJobSummary, TransformJobPage],
];

/** The control plane. It keeps nothing: all there is to know stands in SageMaker and S3. */
const admin: FastifyPluginAsync<AdminOptions> = async (app, { config, aws, workspace, invoker, models, health }) => {
  const closing = new AbortController();
  // Before Fastify waits for the connections to end, some of which are event streams.
  app.addHook('preClose', async () => closing.abort());
  app.lifecycle.timeUp.addEventListener('abort', () => closing.abort());
  for (const component of components) app.addSchema(component);

  const options: AdminOptions = { config, aws, workspace, invoker, models, health };
  const surroundings = { ...options, log: app.log, closing: closing.signal };
  const line = <State>(kind: string, plan: Plan<State>): WorkLine<State> => {
    const store = new WorkStore<State>(workspace, kind);
    const intervalMs = config.reconcileIntervalMs;
    const reconciler = new Reconciler({ store, plan, intervalMs, log: app.log, closing: closing.signal });
    // Who may not create anything has nothing to carry on.
    if (config.aws.roleArn !== undefined) app.addHook('onReady', async () => reconciler.start());
    app.addHook('onClose', () => reconciler.settled());
    return { store, reconciler };
  };
  const rollouts = line('rollouts', rolloutPlan(options));
  const hostings = line('hostings', hostingPlan(options));
  const removals = line('removals', removalPlan(surroundings));
  const runner = new EvaluationRunner(surroundings, app.log);
  const deliveries = line('training-jobs', deliveryPlan({ ...surroundings, rollouts, hostings, removals }, runner));

  const context: AdminContext = { ...surroundings, rollouts, hostings, removals, deliveries };
  await app.register(datasets, context);
  await app.register(training, context);
  await app.register(deployments, context);
  await app.register(evaluations, context);
  await app.register(tuning, context);
  await app.register(transforms, context);
  await app.register(notebooks, context);
  await app.register(images, context);
};
export default admin;
