import Type, { type Static, type TObject, type TProperties } from 'typebox';
import { anchored } from './validate.ts';

// Members that several operations share, with the limits of the API model. Members that the embedded SageMaker keeps but does not act
// on are `Opaque`: whatever the client says is what Describe gives back.

export const text = (maxLength: number, pattern?: string, minLength = 0) =>
  Type.String({
    maxLength,
    ...(minLength > 0 && { minLength }),
    ...(pattern !== undefined && { pattern: anchored(pattern) }),
  });

export const ResourceName = text(63, '[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}');
export const ModelName = text(63, '[a-zA-Z0-9]([\\-a-zA-Z0-9]*[a-zA-Z0-9])?');
export const S3Uri = text(1024, '(https|s3)://([^/]+)/?(.*)');
export const ResourceArn = text(256, 'arn:aws[a-z-]*:sagemaker:[a-z0-9-]*:[0-9]{12}:.+');
export const RoleArn = text(2048, 'arn:aws[a-z\\-]*:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+', 20);
export const Opaque = Type.Unknown();

const tagCharacters = '([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)';
export const TagKey = text(128, tagCharacters, 1);
export const Tags = Type.Array(Type.Object({ Key: TagKey, Value: text(256, tagCharacters) }), { maxItems: 50 });
export type Tags = Static<typeof Tags>;

export const VpcConfig = Type.Object({
  SecurityGroupIds: Type.Array(text(32, '[-0-9a-zA-Z]+'), { minItems: 1, maxItems: 5 }),
  Subnets: Type.Array(text(32, '[-0-9a-zA-Z]+'), { minItems: 1, maxItems: 16 }),
});

/** Every instance type that there is or will be: the API's list of 271 grows by the month. */
export const InstanceType = text(64, 'ml\\.[a-z0-9-]+\\.[a-z0-9-]+');

const Timestamp = Type.Number();

/** What every List operation takes; `filters` are those that only some have. */
export const listInput = <P extends TProperties>(sortKeys: string[], filters: P): TObject<P & ListProperties> =>
  Type.Object({
    ...listProperties,
    SortBy: Type.Optional(Type.Enum(sortKeys)),
    ...filters,
  }) as unknown as TObject<P & ListProperties>;

const listProperties = {
  NextToken: Type.Optional(text(8192)),
  MaxResults: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  NameContains: Type.Optional(text(63, '[a-zA-Z0-9\\-]+')),
  CreationTimeAfter: Type.Optional(Timestamp),
  CreationTimeBefore: Type.Optional(Timestamp),
  LastModifiedTimeAfter: Type.Optional(Timestamp),
  LastModifiedTimeBefore: Type.Optional(Timestamp),
  SortBy: Type.Optional(Type.String()),
  SortOrder: Type.Optional(Type.Enum(['Ascending', 'Descending'])),
};
type ListProperties = typeof listProperties;
