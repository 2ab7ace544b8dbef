import { GatewayError } from '../../errors.ts';
import type { Workspace } from '../../sagemaker/workspace.ts';
import { listCollection } from '../collection.ts';
import { type Beating, isSilent, replicaGone, stamped } from '../heartbeat.ts';
import type { ListQuery, Page } from '../paging.ts';
import { type Evaluation, type EvaluationSummary, summaryFields } from './schema.ts';

type StoredReport = Evaluation & Beating;

const folder = 'evaluations/';
const key = (id: string): string => `${folder}${id}.json`;

export const writeReport = (workspace: Workspace, report: Evaluation): Promise<void> =>
  workspace.writeJson(key(report.id), stamped(report));

async function read(workspace: Workspace, objectKey: string): Promise<Evaluation | undefined> {
  const stored = await workspace.readJson<StoredReport>(objectKey);
  if (stored === undefined) return undefined;
  // Reports of the first version are all of binary models, and do not say so.
  const { heartbeatAt: _beat, ...report } = { ...stored, problem: stored.problem ?? 'binary' };
  if (report.status !== 'InProgress' || !isSilent(stored)) return report;
  return { ...report, status: 'Failed', failureReason: replicaGone };
}

/** @throws GatewayError not_found */
export async function getReport(workspace: Workspace, id: string): Promise<Evaluation> {
  const report = await read(workspace, key(id));
  if (report === undefined) throw new GatewayError('not_found', `There is no evaluation "${id}".`);
  return report;
}

/** A page of the reports without their curves, by the names of their deployments. */
export async function listReports(workspace: Workspace, query: ListQuery): Promise<Page<EvaluationSummary>> {
  const reports = {
    ids: await workspace.listAll(folder),
    idsSortBy: 'createdAt' as const,
    read: (objectKey: string) => read(workspace, objectKey),
    listed: ({ deployment, status, createdAt, completedAt }: Evaluation) => ({
      name: deployment,
      status,
      createdAt,
      updatedAt: completedAt,
    }),
  };
  const { items, ...more } = await listCollection(reports, query);
  return { items: items.map(summaryOf), ...more };
}

const summaryOf = (report: Evaluation): EvaluationSummary =>
  Object.fromEntries(
    summaryFields.filter((field) => field in report).map((field) => [field, report[field]]),
  ) as EvaluationSummary;
