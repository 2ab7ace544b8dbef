import Type, { type Static } from 'typebox';
import { ListQuery, pageOf } from '../paging.ts';
import { ref } from '../resource-schema.ts';

export const RepositoryName = Type.String({
  // ECR's own names of repositories.
  pattern: '^[a-z0-9]+([._-]+[a-z0-9]+)*(/[a-z0-9]+([._-]+[a-z0-9]+)*)*$',
  minLength: 2,
  maxLength: 256,
  description: 'Name of the repository; a `/` in it is written `%2F`.',
  examples: ['sagemaker-xgboost'],
});

const Source = Type.Enum(['built-in', 'own'], {
  description: 'Of SageMaker’s built-in algorithms, or of your own account in ECR.',
});

const region = Type.Optional(
  Type.String({
    pattern: '^[a-z]{2}(-[a-z]+)+-\\d$',
    description: 'Region of the built-in algorithms. Without it: that of the gateway.',
    examples: ['eu-central-1'],
  }),
);

const Time = Type.String({ format: 'date-time' });

const facts = {
  name: Type.String(),
  source: Source,
  uri: Type.String({ description: 'Of the repository; with `:` and a tag it is an image for `algorithm.image`.' }),
  createdAt: Type.Optional(Time),
};

export const ImageRepositorySummary = Type.Object(facts, { $id: 'ImageRepositorySummary' });
export type ImageRepositorySummary = Static<typeof ImageRepositorySummary>;
export const ImageRepositoryPage = pageOf(ref(ImageRepositorySummary), 'ImageRepositoryPage');

export const ImageRepository = Type.Object(
  {
    ...facts,
    images: Type.Array(
      Type.Object({
        uri: Type.String({ description: 'By the first tag, or by the digest where it has none.' }),
        tags: Type.Array(Type.String()),
        digest: Type.Optional(Type.String()),
        pushedAt: Type.Optional(Time),
        sizeBytes: Type.Optional(Type.Integer({ description: 'Compressed, as ECR keeps it.' })),
      }),
      { description: 'Newest first.' },
    ),
  },
  { $id: 'ImageRepository', description: 'Images to train and to serve with, under one name.' },
);
export type ImageRepository = Static<typeof ImageRepository>;

export const ImageQuery = Type.Object(
  { ...ListQuery.properties, source: Type.Optional(Source), region },
  { additionalProperties: false },
);
export type ImageQuery = Static<typeof ImageQuery>;

export const RegionQuery = Type.Object({ region }, { additionalProperties: false });
