import type { Account } from '../account.ts';
import type { Variant } from '../hosting/deployment.ts';
import type { ModelServer } from '../hosting/model-server.ts';
import { MissingArchive } from '../hosting/multi-model.ts';
import { modelError } from './model-error.ts';
import { validationError } from './runtime-errors.ts';

/** The server of a variant or, on a multi-model endpoint, of one of its models. @throws AwsError ValidationError, ModelError when a model cannot be loaded */
export async function findServer(
  account: Account,
  endpoint: string,
  { server, multiModel }: Variant,
  targetModel?: string,
): Promise<ModelServer> {
  if (!multiModel) {
    if (targetModel === undefined) return server;
    throw validationError(`Endpoint ${endpoint} is not a multi-model endpoint and does not support TargetModel.`);
  }
  if (targetModel === undefined) {
    throw validationError(`TargetModel must be specified to invoke the multi-model endpoint ${endpoint}.`);
  }
  try {
    return await multiModel.model(targetModel);
  } catch (error) {
    const { message } = error as Error;
    if (error instanceof MissingArchive) throw validationError(message);
    throw modelError(account, endpoint, { status: 500, contentType: 'text/plain', body: Buffer.from(message) });
  }
}
