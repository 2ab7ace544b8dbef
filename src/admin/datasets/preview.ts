import type { Workspace } from '../../sagemaker/workspace.ts';
import type { Preview } from './schema.ts';
import { getComplete, referenceTo } from './store.ts';
import { sourceOf, tableOf } from './table.ts';

export async function preview(workspace: Workspace, reference: string, limit: number): Promise<Preview> {
  const dataset = await getComplete(workspace, reference);
  const rows: string[][] = [];
  for await (const cells of tableOf(workspace, sourceOf(dataset), '').rows()) {
    rows.push(cells);
    if (rows.length >= limit) break;
  }
  return { dataset: referenceTo(dataset), columnNames: dataset.columnNames, rows };
}
