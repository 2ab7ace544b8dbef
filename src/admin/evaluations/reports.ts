import { GatewayError } from '../../errors.ts';
import type { Workspace } from '../../sagemaker/workspace.ts';
import { mapPage, type Page, type PageQuery } from '../paging.ts';
import type { Evaluation, EvaluationSummary } from './schema.ts';

/** How often a replica says that it is still at work, ms. */
export const heartbeatMs = 5_000;
/** After this long without a word the replica is taken for dead, ms. */
const deadAfterMs = 60_000;

interface StoredReport extends Evaluation {
  /** ISO 8601. */
  readonly heartbeatAt: string;
}

const folder = 'evaluations/';
const key = (id: string): string => `${folder}${id}.json`;

export const writeReport = (workspace: Workspace, report: Evaluation): Promise<void> =>
  workspace.writeJson(key(report.id), { ...report, heartbeatAt: new Date().toISOString() } satisfies StoredReport);

async function read(workspace: Workspace, objectKey: string): Promise<Evaluation | undefined> {
  const stored = await workspace.readJson<StoredReport>(objectKey);
  if (stored === undefined) return undefined;
  const { heartbeatAt, ...report } = stored;
  if (report.status !== 'InProgress' || Date.now() - Date.parse(heartbeatAt) < deadAfterMs) return report;
  return { ...report, status: 'Failed', failureReason: 'The replica of the gateway that ran it is gone.' };
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
    const { confusionMatrix: _matrix, roc: _roc, histogram: _histogram, ...summary } = report;
    return summary;
  });
}
