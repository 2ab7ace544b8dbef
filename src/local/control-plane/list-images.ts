import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { listPage } from './list-page.ts';

export const listImages = (input: Inputs['ListImages'], account: Account) => {
  const { page, ...next } = listPage(
    account.images.values(),
    ({ ImageName: name, CreationTime: created, LastModifiedTime: modified }) => ({
      name,
      created,
      modified,
      other: { IMAGE_NAME: name, LAST_MODIFIED_TIME: modified },
    }),
    input,
  );
  const Images = page.map(({ Tags: _, RoleArn: __, lastVersion: ___, ...image }) => image);
  return { Images, ...next };
};
