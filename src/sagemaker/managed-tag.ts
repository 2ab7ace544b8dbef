/** Marks what this gateway made in the account. */
export const managedTag = { Key: 'sagemaker-gateway:managed', Value: 'true' };
