import { exampleRows } from '../admin/datasets/schema.ts';
import { parseS3Uri } from '../sagemaker/workspace.ts';
import type { RowSource } from './bank-rows.ts';

/** An example need not be long; a file that was named may be. */
const mostLines = 1_001;

/** Puts rows into the embedded S3 where the example of registerDataset looks for them. Those that are there stay: somebody may have registered them. */
export async function putExampleRows(sagemaker: string, source: RowSource, signal: AbortSignal): Promise<void> {
  const { bucket, key } = parseS3Uri(exampleRows);
  const object = `${sagemaker}/${bucket}/${key}`;
  if ((await fetch(object, { method: 'HEAD', signal })).ok) return;
  const lines: string[] = [];
  for await (const line of source('test')) if (lines.push(line) === mostLines) break;
  await put(`${sagemaker}/${bucket}`, '', signal);
  await put(object, lines.join(''), signal);
}

async function put(url: string, body: string, signal: AbortSignal): Promise<void> {
  const { ok, status } = await fetch(url, { method: 'PUT', body, signal });
  if (!ok) throw new Error(`PUT ${url} answered ${status}`);
}
