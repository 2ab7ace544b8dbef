/** Tags are stored with their resource, but Describe does not show them. */
export function withoutTags<T extends { Tags?: unknown }>({ Tags: _, ...rest }: T): Omit<T, 'Tags'> {
  return rest;
}
