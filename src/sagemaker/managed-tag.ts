/** Marks what this gateway made in the account. */
export const managedTag = { Key: 'sagemaker-gateway:managed', Value: 'true' };

/** The tags of what this gateway makes, with those that were asked for. */
export const tagsOf = (tags: Readonly<Record<string, string>> = {}) => [
  ...Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
  managedTag,
];
