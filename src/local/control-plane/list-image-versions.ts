import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { versionsOf } from './find-image.ts';
import { listPage } from './list-page.ts';

export const listImageVersions = (input: Inputs['ListImageVersions'], account: Account) => {
  const { page, ...next } = listPage(
    versionsOf(account, input.ImageName),
    ({ Version, ImageVersionArn: name, CreationTime: created, LastModifiedTime: modified }) => ({
      name,
      created,
      modified,
      other: { VERSION: Version, LAST_MODIFIED_TIME: modified },
    }),
    input,
  );
  const ImageVersions = page.map((each) => ({
    Version: each.Version,
    ImageArn: each.ImageArn,
    ImageVersionArn: each.ImageVersionArn,
    ImageVersionStatus: each.ImageVersionStatus,
    FailureReason: each.FailureReason,
    CreationTime: each.CreationTime,
    LastModifiedTime: each.LastModifiedTime,
  }));
  return { ImageVersions, ...next };
};
