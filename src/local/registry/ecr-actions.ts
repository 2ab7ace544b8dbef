import { api, type Inputs } from '../api/ecr.ts';
import type { Actions, Service } from '../wire/operation.ts';
import { createRepository } from './create-repository.ts';
import { deleteRepository } from './delete-repository.ts';
import { describeImages, listImages } from './describe-images.ts';
import { describeRepositories } from './describe-repositories.ts';
import { putImage } from './put-image.ts';

const actions: Actions<Inputs> = {
  CreateRepository: createRepository,
  DeleteRepository: deleteRepository,
  DescribeImages: describeImages,
  DescribeRepositories: describeRepositories,
  ListImages: listImages,
  PutImage: putImage,
};

export const ecr: Service = { name: 'ECR', api, actions, invalid: 'InvalidParameterException' };
