import Type, { type Static, type TSchema, type TStringOptions } from 'typebox';

/** Name of a thing in SageMaker. */
export const sageMakerName = (options: TStringOptions) =>
  Type.String({ pattern: '^[a-zA-Z0-9](-*[a-zA-Z0-9])*$', maxLength: 63, ...options });

export const instanceType = (example: string) =>
  defaulted(
    Type.String({
      pattern: '^ml\\.[a-z0-9-]+\\.[a-z0-9]+$',
      default: example,
      description: 'SageMaker instance type.',
    }),
  );
export const instanceCount = defaulted(Type.Integer({ minimum: 1, default: 1 }));

export const dataReference = (description: string) =>
  Type.String({
    minLength: 1,
    maxLength: 1024,
    pattern: '^(s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/.+|[A-Za-z0-9][A-Za-z0-9_.-]*(@\\d{8}T\\d{9}Z-[0-9a-f]{4})?)$',
    description: `${description}: a data set by its name (the newest complete version) or \`name@version\`, or an s3:// URI.`,
  });

/** Optional for the caller and there for the handler: the validator fills in the default. */
export function defaulted<T extends TSchema>(schema: T): T {
  return Type.Optional(schema) as unknown as T;
}

/** A schema by its name, so that it is one component of the OpenAPI document. It must have been added to the app. */
export const ref = <T extends TSchema>(schema: T, description?: string) =>
  Type.Unsafe<Static<T>>({
    // TypeBox's types leave the options out.
    $ref: `${Reflect.get(schema, '$id')}#`,
    ...(description === undefined ? {} : { description }),
  });

/** The answer that something was made, or will be, and where it is. */
export const located = (schema: TSchema, description: string) => ({
  description,
  headers: { location: { type: 'string', description: 'Path of the resource.' } },
  content: { 'application/json': { schema } },
});

/** What a removal says. */
export const Removed = Type.Object(
  {
    removed: Type.Array(Type.String(), {
      description: 'Everything that was removed: `<kind>/<name>` in SageMaker, s3:// URIs.',
    }),
  },
  { $id: 'Removed' },
);
export type Removed = Static<typeof Removed>;
