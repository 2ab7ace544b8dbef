import { parseS3Uri } from '../../sagemaker/workspace.ts';
import type { AdminContext } from '../context.ts';
import type { DatasetMaker, Started } from './derive.ts';
import { draft, inspectorFor } from './ingest.ts';
import type { NewRegistration } from './schema.ts';

/** Makes rows that lie in S3 a data set, where they are: reads them once, for their shape and profile. @throws GatewayError not_found */
export async function register(
  { workspace }: AdminContext,
  maker: DatasetMaker,
  { name, uri, header, delimiter }: NewRegistration,
): Promise<Started> {
  const source = await workspace.readStream(parseS3Uri(uri));
  const dataset = await draft(workspace, { name, uri, delimiter });
  const inspector = inspectorFor(delimiter, header);
  inspector.once('close', () => source.destroy());
  const [started] = await maker.start([{ dataset, inspector, lies: 'elsewhere' }], async () => {
    source.once('error', (error) => inspector.destroy(error));
    source.pipe(inspector);
  });
  return started as Started;
}
