import {
  CreateRepositoryCommand,
  DeleteRepositoryCommand,
  DescribeImagesCommand,
  ListImagesCommand,
  PutImageCommand,
} from '@aws-sdk/client-ecr';
import t from 'tap';
import type { ImageRepository, ImageRepositorySummary } from '../../src/admin/images/schema.ts';
import type { Page } from '../../src/admin/paging.ts';
import { startGateway } from '../gateway.ts';
import { adminClient } from './client.ts';

// What a Docker engine of this machine has is not known here.
process.env.DOCKER_HOST = 'unix:///nowhere';
const { url, aws } = await startGateway(t, {}, { images: { 'team/forest:*': 'true', 'ridge:2': 'true' } });
const admin = adminClient(url);
const { ecr } = aws;

const push = (repositoryName: string, imageTag: string, size: number) =>
  ecr.send(
    new PutImageCommand({
      ...{ repositoryName, imageTag },
      imageManifest: JSON.stringify({ schemaVersion: 2, config: { size: 10 }, layers: [{ size }] }),
    }),
  );
const registry = '000000000000.dkr.ecr.us-east-1.amazonaws.com';

t.test('built-in algorithms have an image in each region and version', async (t) => {
  const { body } = await admin.get<ImageRepository>('images/sagemaker-xgboost');
  t.match(body, { name: 'sagemaker-xgboost', source: 'built-in', images: [{ tags: ['3.0-5'] }, { tags: ['1.7-1'] }] });
  const abroad = await admin.get<ImageRepository>('images/sagemaker-xgboost?region=eu-central-1');
  t.equal(abroad.body.images[1]?.uri, '492215442770.dkr.ecr.eu-central-1.amazonaws.com/sagemaker-xgboost:1.7-1');
  const chinese = await admin.get<Page<ImageRepositorySummary>>('images?region=cn-north-1&nameContains=linear');
  t.match(chinese.body.items, [{ uri: '390948362332.dkr.ecr.cn-north-1.amazonaws.com.cn/linear-learner' }]);
  t.match(await admin.get('images/sagemaker-xgboost?region=us-mars-1'), { status: 404 });
  t.match(await admin.get('images?region=mars'), { status: 400, body: { errors: [{ pointer: 'query/region' }] } });
});

t.test('one’s own repositories with their images, and what this machine runs', async (t) => {
  await ecr.send(new CreateRepositoryCommand({ repositoryName: 'team/model' }));
  await push('team/model', '1', 100);
  await push('team/model', '2', 200);
  await push('team/model', 'stable', 200);
  const own = await admin.get<Page<ImageRepositorySummary>>('images?source=own&sortBy=name&sortOrder=ascending');
  t.match(own.body.items, [
    { name: 'ridge', source: 'own', uri: `${registry}/ridge`, createdAt: /Z$/ },
    { name: 'team/forest' },
    { name: 'team/model', uri: `${registry}/team/model` },
  ]);
  const { body } = await admin.get<ImageRepository>(`images/${encodeURIComponent('team/model')}`);
  const byTag = new Map(body.images.map((image) => [image.tags.join(), image]));
  t.match(byTag.get('1'), { uri: `${registry}/team/model:1`, sizeBytes: 110, pushedAt: /Z$/, digest: /^sha256:/ });
  t.match(byTag.get('2,stable'), { uri: `${registry}/team/model:2`, sizeBytes: 210 });
  t.match((await admin.get('images/ridge')).body, { images: [{ uri: `${registry}/ridge:2`, tags: ['2'] }] });
  t.match((await admin.get('images/team%2Fforest')).body, { images: [{ tags: ['latest'] }] });
  t.match(await admin.get('images/none'), { status: 404, body: { code: 'not_found' } });

  // A tag goes to the image that was pushed with it last.
  await push('team/model', 'stable', 100);
  const after = await admin.get<ImageRepository>('images/team%2Fmodel');
  t.match(after.body.images.map(({ tags }) => tags.join()).sort(), ['1,stable', '2']);
});

t.test('as ECR answers', async (t) => {
  const repositoryName = 'strict';
  const order = { repositoryName, imageTagMutability: 'IMMUTABLE' as const };
  await ecr.send(new CreateRepositoryCommand(order));
  await t.rejects(ecr.send(new CreateRepositoryCommand(order)), { name: 'RepositoryAlreadyExistsException' });
  await push(repositoryName, '1', 1);
  await t.rejects(push(repositoryName, '1', 1), { name: 'ImageAlreadyExistsException' });
  await t.rejects(push(repositoryName, '1', 2), { name: 'ImageTagAlreadyExistsException' });
  await push(repositoryName, '2', 2);
  const first = await ecr.send(new ListImagesCommand({ repositoryName, maxResults: 1 }));
  const second = await ecr.send(new ListImagesCommand({ repositoryName, nextToken: first.nextToken }));
  t.match([...(first.imageIds ?? []), ...(second.imageIds ?? [])], [{ imageTag: '1' }, { imageTag: '2' }]);
  const imageIds = [{ imageTag: '9' }];
  await t.rejects(ecr.send(new DescribeImagesCommand({ repositoryName, imageIds })), {
    name: 'ImageNotFoundException',
  });
  await t.rejects(push('none', '1', 1), { name: 'RepositoryNotFoundException' });
  await t.rejects(ecr.send(new DeleteRepositoryCommand({ repositoryName })), { name: 'RepositoryNotEmptyException' });
  await ecr.send(new DeleteRepositoryCommand({ repositoryName, force: true }));
  await t.rejects(ecr.send(new ListImagesCommand({ repositoryName })), { name: 'RepositoryNotFoundException' });
});
