import { join } from 'node:path';
import { CreateRepositoryCommand, ECRClient, PutImageCommand } from '@aws-sdk/client-ecr';
import * as sdk from '@aws-sdk/client-sagemaker';
import t from 'tap';
import { startLocalSageMaker } from '../../src/local/start.ts';
import { Table } from '../../src/local/store/table.ts';
import { connect } from './clients.ts';
import { sandbox } from './sandbox.ts';

const RoleArn = 'arn:aws:iam::000000000000:role/sagemaker';
const ImageName = 'Own';
const foreign = '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1';
const own = '000000000000.dkr.ecr.us-east-1.amazonaws.com';
const arn = (type: string, name: string) => `arn:aws:sagemaker:us-east-1:000000000000:${type}/${name}`;
const times = { CreationTime: 1_700_000_000, LastModifiedTime: 1_700_000_000 };

/** What a process that was killed has left in each state that passes. */
async function interrupted(stateDir: string): Promise<void> {
  const tables = join(stateDir, 'sagemaker');
  const images = await Table.open(join(tables, 'images.jsonl'));
  const versions = await Table.open(join(tables, 'image-versions.jsonl'));
  for (const ImageStatus of ['CREATING', 'UPDATING', 'DELETING']) {
    const name = ImageStatus.toLowerCase();
    const image = { ImageName: name, RoleArn, ImageArn: arn('image', name), ...times, lastVersion: 2 };
    await images.set(name, { ...image, ImageStatus });
    for (const [Version, ImageVersionStatus] of [
      [1, 'DELETING'],
      [2, 'CREATING'],
    ]) {
      const ImageVersionArn = arn('image-version', `${name}/${Version}`);
      const version = { ImageName: name, ImageArn: image.ImageArn, ImageVersionArn, Version, BaseImage: foreign };
      await versions.set(`${name}/${Version}`, { ...version, ImageVersionStatus, ...times });
    }
  }
  await Promise.all([images.close(), versions.close()]);
}

const stateDir = await sandbox(t);
await interrupted(stateDir);
const local = await startLocalSageMaker({ stateDir, timeScale: 0.2 });
const clients = connect(local);
const ecr = new ECRClient({
  endpoint: local.url,
  region: local.region,
  credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
});
t.teardown(async () => {
  clients.close();
  ecr.destroy();
  await local.close();
});
const { sagemaker } = clients;
const waiting = { client: sagemaker, minDelay: 0.1, maxDelay: 0.1, maxWaitTime: 100 };
const image = (name = ImageName) => sagemaker.send(new sdk.DescribeImageCommand({ ImageName: name }));
const version = (which: Partial<sdk.DescribeImageVersionRequest> = {}) =>
  sagemaker.send(new sdk.DescribeImageVersionCommand({ ImageName, ...which }));
const createVersion = (more: Partial<sdk.CreateImageVersionRequest> = {}) =>
  sagemaker.send(new sdk.CreateImageVersionCommand({ ImageName, BaseImage: foreign, ClientToken: undefined, ...more }));
const aliases = async (which: Partial<sdk.ListAliasesRequest> = {}) =>
  (await sagemaker.send(new sdk.ListAliasesCommand({ ImageName, ...which }))).SageMakerImageVersionAliases;

/** Waits until something is gone. */
async function gone(describe: () => Promise<unknown>): Promise<string> {
  for (;;) {
    const name = await describe().then(
      () => '',
      (error: Error) => error.name,
    );
    if (name !== '') return name;
  }
}

/** Does a thing until the next comes before it is done, and tells what that is answered; `restore` where it came too late. */
async function tooEarly(
  first: () => Promise<unknown>,
  next: () => Promise<unknown>,
  restore: () => Promise<unknown>,
): Promise<Error> {
  for (;;) {
    await first();
    const refused = await next().then(
      () => undefined,
      (error: Error) => error,
    );
    if (refused) return refused;
    await restore();
  }
}

t.test('what was under way when the process ended goes on', async (t) => {
  for (const name of ['creating', 'updating']) {
    await sdk.waitUntilImageCreated(waiting, { ImageName: name });
    await sdk.waitUntilImageVersionCreated(waiting, { ImageName: name, Version: 2 });
    t.equal(await gone(() => version({ ImageName: name, Version: 1 })), 'ResourceNotFound');
  }
  t.equal(await gone(() => image('deleting')), 'ResourceNotFound');
});

t.test('an image from its creation on', async (t) => {
  const Tags = [{ Key: 'team', Value: 'a' }];
  const create = new sdk.CreateImageCommand({ ImageName, RoleArn, Description: 'a', DisplayName: 'b', Tags });
  const { ImageArn } = await sagemaker.send(create);
  t.equal(ImageArn, arn('image', 'own'));
  await t.rejects(sagemaker.send(create), { name: 'ResourceInUse', message: /already exists/ });
  await sdk.waitUntilImageCreated(waiting, { ImageName });
  t.match(await image(), { ImageName, ImageStatus: 'CREATED', Description: 'a', DisplayName: 'b', RoleArn });
  t.same((await sagemaker.send(new sdk.ListTagsCommand({ ResourceArn: ImageArn }))).Tags, Tags);

  const update = (more: object) => sagemaker.send(new sdk.UpdateImageCommand({ ImageName, ...more }));
  const refused = await tooEarly(
    () => update({ Description: 'c', DeleteProperties: ['DisplayName'] }),
    () => update({}),
    () => sdk.waitUntilImageUpdated(waiting, { ImageName }),
  );
  t.match(refused, { name: 'ResourceInUse', message: /UPDATING/ });
  await sdk.waitUntilImageUpdated(waiting, { ImageName });
  t.match(await image(), { ImageStatus: 'CREATED', Description: 'c', DisplayName: undefined });
  await t.rejects(version(), { name: 'ResourceNotFound', message: /Latest ImageVersion/ });
  await t.rejects(image('missing'), { name: 'ResourceNotFound', message: /image\/missing does not exist/ });
  await t.rejects(createVersion({ ImageName: 'missing' }), { name: 'ResourceNotFound' });
});

t.test('versions count up and are found by number, by alias, or as the newest', async (t) => {
  const ClientToken = 'once';
  const first = await createVersion({ Aliases: ['stable', 'old'], ClientToken });
  t.same((await createVersion({ ClientToken })).ImageVersionArn, first.ImageVersionArn, 'made once');
  t.equal(first.ImageVersionArn, arn('image-version', 'own/1'));
  await sdk.waitUntilImageVersionCreated(waiting, { ImageName });
  t.match(await version(), { Version: 1, BaseImage: foreign, ContainerImage: foreign, ImageArn: arn('image', 'own') });
  await t.rejects(createVersion({ Aliases: ['old'] }), { name: 'ResourceInUse', message: /old.*version 1/ });
  await t.rejects(createVersion({ BaseImage: 'no-uri' }), { name: 'ValidationException', message: /BaseImage no-uri/ });

  await createVersion({ ReleaseNotes: 'better' });
  await sdk.waitUntilImageVersionCreated(waiting, { ImageName, Version: 2 });
  t.match(await version(), { Version: 2, ReleaseNotes: 'better' });
  const update = (more: object) => sagemaker.send(new sdk.UpdateImageVersionCommand({ ImageName, ...more }));
  await t.rejects(update({ Version: 2, AliasesToAdd: ['stable'] }), { name: 'ResourceInUse' });
  await update({ Alias: 'stable', AliasesToDelete: ['stable'], VendorGuidance: 'ARCHIVED' });
  await update({ Version: 2, AliasesToAdd: ['stable', 'new'] });
  await t.rejects(update({ AliasesToAdd: ['x'] }), { name: 'ValidationException', message: /Version or Alias/ });
  t.match(await version({ Alias: 'stable' }), { Version: 2 });
  t.match(await version({ Version: 1 }), { VendorGuidance: 'ARCHIVED' });
  t.same([await aliases(), await aliases({ Version: 1 })], [['new', 'old', 'stable'], ['old']]);
  await t.rejects(aliases({ Version: 9 }), { name: 'ResourceNotFound', message: /version 9/ });

  await sagemaker.send(new sdk.DeleteImageVersionCommand({ ImageName, Alias: 'new' }));
  t.equal(await gone(() => version({ Version: 2 })), 'ResourceNotFound');
  t.equal((await createVersion()).ImageVersionArn, arn('image-version', 'own/3'), 'no number comes twice');
  await sdk.waitUntilImageVersionCreated(waiting, { ImageName });
});

t.test("a base image of this account's registry has to be there", async (t) => {
  await ecr.send(new CreateRepositoryCommand({ repositoryName: 'team/base' }));
  const put = new PutImageCommand({ repositoryName: 'team/base', imageManifest: '{}', imageTag: '1' });
  const digest = (await ecr.send(put)).image?.imageId?.imageDigest;
  const ContainerImage = `${own}/team/base@${digest}`;
  for (const BaseImage of [`${own}/team/base:1`, ContainerImage]) {
    await createVersion({ BaseImage });
    await sdk.waitUntilImageVersionCreated(waiting, { ImageName });
    t.match(await version(), { BaseImage, ContainerImage });
  }
  for (const [base, FailureReason] of [
    ['team/base', /imageTag:'latest'.*does not exist within the repository with name 'team\/base'/],
    ['nothing:1', /The repository with name 'nothing' does not exist/],
  ] as const) {
    await createVersion({ BaseImage: `${own}/${base}` });
    await t.rejects(sdk.waitUntilImageVersionCreated(waiting, { ImageName }), /FAILURE/);
    t.match(await version(), { ImageVersionStatus: 'CREATE_FAILED', FailureReason });
  }
});

t.test("an image is deleted with its versions, which the SDK's waiter does not see", async (t) => {
  const remove = () => sagemaker.send(new sdk.DeleteImageCommand({ ImageName }));
  const again = async () => {
    await gone(image);
    await sagemaker.send(new sdk.CreateImageCommand({ ImageName, RoleArn }));
    await sdk.waitUntilImageCreated(waiting, { ImageName });
  };
  const refused = await tooEarly(createVersion, remove, again);
  t.match(refused, { name: 'ResourceInUse', message: /CREATING/ });
  await sdk.waitUntilImageVersionCreated(waiting, { ImageName });
  await remove();
  t.equal(await gone(image), 'ResourceNotFound');
  t.equal(await gone(version), 'ResourceNotFound');
  // It looks for ResourceNotFoundException, which SageMaker does not answer: https://github.com/boto/botocore/issues/3782
  const short = { ...waiting, maxWaitTime: 1 };
  await t.rejects(sdk.waitUntilImageDeleted(short, { ImageName }), { name: 'TimeoutError' });
  await t.rejects(sdk.waitUntilImageVersionDeleted(short, { ImageName }), { name: 'TimeoutError' });

  await again();
  await t.rejects(version(), { name: 'ResourceNotFound' }, 'nothing of the one before comes back');
});
