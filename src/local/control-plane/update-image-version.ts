import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { epochSeconds } from '../clock.ts';
import { versionKey } from '../sagemaker-images/image.ts';
import { checkAliases, findSettledVersion } from './find-image.ts';

export const updateImageVersion = async (input: Inputs['UpdateImageVersion'], account: Account) => {
  const { ImageName, Version: _, Alias: __, AliasesToAdd = [], AliasesToDelete = [], ...changes } = input;
  const version = findSettledVersion(account, input);
  checkAliases(account, ImageName, AliasesToAdd, version);
  const kept = (version.Aliases ?? []).filter((alias) => !AliasesToDelete.includes(alias));
  const Aliases = [...new Set([...kept, ...AliasesToAdd])];
  const changed = { ...version, ...changes, Aliases, LastModifiedTime: epochSeconds() };
  await account.imageVersions.set(versionKey(version), changed);
  return { ImageVersionArn: version.ImageVersionArn };
};
