import type { Account } from '../account.ts';
import type { Tag } from '../api/sagemaker.ts';
import type { Table } from '../store/table.ts';
import { AwsError } from '../wire/aws-error.ts';

/** Resource type in an ARN to the table that holds it. */
const tables: Record<string, keyof Account> = {
  'training-job': 'trainingJobs',
  'hyper-parameter-tuning-job': 'tuningJobs',
  'transform-job': 'transformJobs',
  'processing-job': 'processingJobs',
  model: 'models',
  'model-package-group': 'modelPackageGroups',
  'model-package': 'modelPackages',
  'notebook-instance': 'notebookInstances',
  'notebook-instance-lifecycle-config': 'lifecycleConfigs',
  image: 'images',
  'endpoint-config': 'endpointConfigs',
  endpoint: 'endpoints',
  'inference-component': 'inferenceComponents',
};

export interface TaggedResource {
  tags: readonly Tag[];
  replaceTags(tags: readonly Tag[]): Promise<void>;
}

/** The resource behind an ARN. Throws ResourceNotFound. */
export function findTagged(account: Account, arn: string): TaggedResource {
  const [, region, accountId, type = '', name = ''] =
    /^arn:[^:]+:sagemaker:([^:]*):(\d{12}):([^/]+)\/(.+)$/.exec(arn) ?? [];
  const key = name.toLowerCase();
  const here = region === account.region && accountId === account.accountId && Object.hasOwn(tables, type);
  const table = here ? (account[tables[type] as keyof Account] as Table<{ Tags?: readonly Tag[] }>) : undefined;
  const resource = table?.get(key);
  if (!table || !resource) throw new AwsError('ResourceNotFound', `Could not find resource "${arn}".`);
  return {
    tags: resource.Tags ?? [],
    // Read again: the resource may have moved on to another state since.
    replaceTags: (tags) => table.set(key, { ...(table.get(key) ?? resource), Tags: tags }),
  };
}
