import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { findImageVersion, fits, versionsOf } from './find-image.ts';
import { listPage } from './list-page.ts';

export const listAliases = (input: Inputs['ListAliases'], account: Account) => {
  if (input.Version !== undefined || input.Alias !== undefined) findImageVersion(account, input);
  const versions = versionsOf(account, input.ImageName).filter((version) => fits(version, input));
  const { page, ...next } = listPage(
    versions.flatMap(({ Aliases = [] }) => Aliases),
    (name) => ({ name, created: 0, modified: 0 }),
    input,
    { by: 'Name', order: 'Ascending' },
  );
  return { SageMakerImageVersionAliases: page, ...next };
};
