import type { FastifyPluginAsync } from 'fastify';
import type { AdminContext, AdminOptions } from './context.ts';
import datasets from './datasets/routes.ts';
import { Dataset, DatasetPage } from './datasets/schema.ts';
import deployments from './deployments/routes.ts';
import { Deployment, DeploymentPage, NewDeployment } from './deployments/schema.ts';
import evaluations from './evaluations/routes.ts';
import { Evaluation, EvaluationPage, EvaluationSummary, NewEvaluation } from './evaluations/schema.ts';
import { Removed } from './resource-schema.ts';
import training from './training/routes.ts';
import { NewTrainingJob, TrainingJob, TrainingJobPage, TrainingJobSummary } from './training/schema.ts';

const components = [
  ...[Removed, Dataset, DatasetPage],
  ...[NewTrainingJob, TrainingJob, TrainingJobSummary, TrainingJobPage],
  ...[NewDeployment, Deployment, DeploymentPage],
  ...[NewEvaluation, Evaluation, EvaluationSummary, EvaluationPage],
];

/** The control plane. It keeps nothing: all there is to know stands in SageMaker and S3. */
const admin: FastifyPluginAsync<AdminOptions> = async (app, { config, aws, workspace, invoker, models }) => {
  const closing = new AbortController();
  // Before Fastify waits for the connections to end, some of which are event streams.
  app.addHook('preClose', async () => closing.abort());
  for (const component of components) app.addSchema(component);

  const context: AdminContext = { config, aws, workspace, invoker, models, log: app.log, closing: closing.signal };
  await app.register(datasets, context);
  await app.register(training, context);
  await app.register(deployments, context);
  await app.register(evaluations, context);
};
export default admin;
