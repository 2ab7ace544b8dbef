import { GatewayError } from '../../errors.ts';
import type { Workspace } from '../../sagemaker/workspace.ts';
import { type Beating, isSilent, replicaGone, stamped } from '../heartbeat.ts';
import { mapPage, type Page, type PageQuery } from '../paging.ts';
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

export async function listReports(workspace: Workspace, query: PageQuery): Promise<Page<EvaluationSummary>> {
  return mapPage(await workspace.list(folder, query), async (objectKey) => {
    const report = await read(workspace, objectKey);
    if (report === undefined) return undefined;
    return Object.fromEntries(
      summaryFields.filter((field) => field in report).map((field) => [field, report[field]]),
    ) as EvaluationSummary;
  });
}
