import {
  AddTagsCommand,
  BatchDescribeModelPackageCommand,
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  CreateModelPackageCommand,
  type CreateModelPackageCommandInput,
  CreateModelPackageGroupCommand,
  DeleteModelPackageCommand,
  DeleteModelPackageGroupCommand,
  DescribeModelCommand,
  DescribeModelPackageCommand,
  DescribeModelPackageGroupCommand,
  GetSearchSuggestionsCommand,
  ListModelPackageGroupsCommand,
  ListModelPackagesCommand,
  type SageMakerClient,
  SearchCommand,
  type SearchCommandInput,
  UpdateModelPackageCommand,
} from '@aws-sdk/client-sagemaker';
import t from 'tap';
import { startLocalSageMaker } from '../../src/local/start.ts';
import { connect } from './clients.ts';
import { createConfig, createEndpoint, score, settled, trainModel, xgboostImage } from './models.ts';
import { sandbox } from './sandbox.ts';

const stateDir = await sandbox(t);
let local = await startLocalSageMaker({ stateDir });
let clients = connect(local);
t.teardown(async () => {
  clients.close();
  await local.close();
});

const artifacts = 's3://bucket/out/trained/output/model.tar.gz';
const role = 'arn:aws:iam::000000000000:role/sagemaker';
const send: SageMakerClient['send'] = (...args: unknown[]) =>
  Reflect.apply(clients.sagemaker.send, clients.sagemaker, args);

async function createPackage(more: Partial<CreateModelPackageCommandInput> = {}): Promise<string> {
  const { ModelPackageArn } = await clients.sagemaker.send(
    new CreateModelPackageCommand({
      ModelPackageGroupName: 'Scores',
      InferenceSpecification: {
        Containers: [{ Image: xgboostImage, ModelDataUrl: artifacts }],
        SupportedContentTypes: ['text/csv'],
        SupportedResponseMIMETypes: ['text/csv'],
      },
      ...more,
    }),
  );
  return ModelPackageArn ?? '';
}
const createModel = (ModelName: string, ModelPackageName: string) =>
  clients.sagemaker.send(
    new CreateModelCommand({ ModelName, ExecutionRoleArn: role, PrimaryContainer: { ModelPackageName } }),
  );
const describe = (ModelPackageName: string) => send(new DescribeModelPackageCommand({ ModelPackageName }));

t.before(() => trainModel(clients, 'trained'));

t.test('versions of a group are approved, and an approved one is served', async (t) => {
  const { ModelPackageGroupArn } = await send(
    new CreateModelPackageGroupCommand({ ModelPackageGroupName: 'Scores', ModelPackageGroupDescription: 'of bank' }),
  );
  t.match(ModelPackageGroupArn, /:model-package-group\/scores$/);
  t.match(await send(new DescribeModelPackageGroupCommand({ ModelPackageGroupName: 'Scores' })), {
    ModelPackageGroupName: 'Scores',
    ModelPackageGroupDescription: 'of bank',
    ModelPackageGroupStatus: 'Completed',
  });
  const first = await createPackage();
  const second = await createPackage({
    ModelApprovalStatus: 'Approved',
    CustomerMetadataProperties: { a: '1', b: '2' },
  });
  t.match([first, second], [/:model-package\/scores\/1$/, /:model-package\/scores\/2$/]);
  t.match(await describe(first), {
    ModelPackageGroupName: 'Scores',
    ModelPackageVersion: 1,
    ModelPackageStatus: 'Completed',
    ModelApprovalStatus: 'PendingManualApproval',
    InferenceSpecification: { Containers: [{ Image: xgboostImage }] },
  });

  await t.rejects(createModel('pending', first), { name: 'ValidationException', message: /not Approved/ });
  await send(
    new UpdateModelPackageCommand({
      ModelPackageArn: first,
      ModelApprovalStatus: 'Approved',
      ApprovalDescription: 'looks good',
    }),
  );
  t.match(await describe(first), { ModelApprovalStatus: 'Approved', ApprovalDescription: 'looks good' });
  await createModel('approved', first);
  const model = await send(new DescribeModelCommand({ ModelName: 'approved' }));
  t.strictSame(model.PrimaryContainer, { ModelPackageName: first }, 'as it was asked for');
  await createConfig(clients, 'config', { A: ['approved'] });
  await send(new DeleteModelPackageCommand({ ModelPackageName: first }));
  await createEndpoint(clients, 'endpoint', 'config');
  t.match(await settled(clients, 'endpoint'), { EndpointStatus: 'InService' });
  t.ok((await score(clients, 'endpoint', '0.9')).score > 0.5);

  await send(
    new UpdateModelPackageCommand({
      ModelPackageArn: second,
      CustomerMetadataProperties: { c: '3' },
      CustomerMetadataPropertiesToRemove: ['a'],
    }),
  );
  t.strictSame((await describe(second)).CustomerMetadataProperties, { b: '2', c: '3' });
  t.match(await createPackage(), /\/scores\/3$/, 'a number is never given twice');
});

t.test('packages are listed, described together, found by their properties, and survive', async (t) => {
  const unversioned = await createPackage({ ModelPackageGroupName: undefined, ModelPackageName: 'Alone' });
  const list = async (more = {}) =>
    (await send(new ListModelPackagesCommand({ SortBy: 'Name', SortOrder: 'Ascending', ...more })))
      .ModelPackageSummaryList;
  t.match(await list(), [{ ModelPackageName: 'Alone', ModelPackageArn: unversioned }]);
  const versions = await list({ ModelPackageGroupName: 'Scores' });
  t.match(versions, [
    { ModelPackageVersion: 2, ModelApprovalStatus: 'Approved' },
    { ModelPackageVersion: 3, ModelApprovalStatus: 'PendingManualApproval' },
  ]);
  t.equal((await list({ ModelPackageType: 'Both', ModelApprovalStatus: 'Approved' }))?.length, 1);
  t.match(await send(new ListModelPackageGroupsCommand({ NameContains: 'score' })), {
    ModelPackageGroupSummaryList: [{ ModelPackageGroupName: 'Scores' }],
  });
  const arns = [unversioned, unversioned.replace('alone', 'gone')];
  t.match(await send(new BatchDescribeModelPackageCommand({ ModelPackageArnList: arns })), {
    ModelPackageSummaries: { [unversioned]: { ModelPackageStatus: 'Completed' } },
    BatchDescribeModelPackageErrorMap: { [String(arns[1])]: { ErrorCode: 'ResourceNotFound' } },
  });
  await send(new AddTagsCommand({ ResourceArn: versions?.[1]?.ModelPackageArn, Tags: [{ Key: 'team', Value: 'x' }] }));

  const found = async (input: Omit<SearchCommandInput, 'Resource'>) =>
    (await send(new SearchCommand({ Resource: 'ModelPackage', ...input }))).Results?.map(
      ({ ModelPackage }) => ModelPackage?.ModelPackageVersion,
    );
  const filter = (
    Name: string,
    Value?: string,
    Operator: 'Equals' | 'NotEquals' | 'Exists' | 'GreaterThan' = 'Equals',
  ) => ({
    SearchExpression: { Filters: [{ Name, Operator, Value }] },
  });
  t.strictSame(await found(filter('Tags.team', 'x')), [3]);
  t.strictSame(await found(filter('ModelApprovalStatus', 'Approved')), [2]);
  t.strictSame(await found(filter('CustomerMetadataProperties.c', undefined, 'Exists')), [2]);
  t.strictSame(
    await found({ SortBy: 'ModelPackageVersion', ...filter('ModelPackageVersion', '1', 'GreaterThan') }),
    [3, 2],
  );

  clients.close();
  await local.close();
  local = await startLocalSageMaker({ stateDir });
  clients = connect(local);
  t.match(await describe(unversioned), { ModelPackageName: 'Alone' });
});

t.test('training jobs are searched', async (t) => {
  const found = async (input: Omit<SearchCommandInput, 'Resource'>) =>
    (await send(new SearchCommand({ Resource: 'TrainingJob', ...input }))).Results?.map(
      ({ TrainingJob }) => TrainingJob?.TrainingJobName,
    );
  const yes = { Name: 'HyperParameters.objective', Operator: 'Equals' as const, Value: 'binary:logistic' };
  const no = { Name: 'TrainingJobStatus', Operator: 'Equals' as const, Value: 'Failed' };
  const completed = { Name: 'TrainingJobStatus', Operator: 'In' as const, Value: 'Completed, Stopped' };
  t.strictSame(await found({ SearchExpression: { Filters: [yes, completed] } }), ['trained']);
  t.strictSame(await found({ SearchExpression: { Filters: [yes, no] } }), []);
  t.strictSame(await found({ SearchExpression: { Filters: [yes, no], Operator: 'Or' } }), ['trained']);
  t.strictSame(await found({ SearchExpression: { SubExpressions: [{ Filters: [yes] }, { Filters: [no] }] } }), []);
  const channel = (ChannelName: string) => ({
    NestedPropertyName: 'InputDataConfig',
    Filters: [
      { Name: 'InputDataConfig.ChannelName', Operator: 'Equals' as const, Value: ChannelName },
      { Name: 'InputDataConfig.DataSource.S3DataSource.S3Uri', Operator: 'Contains' as const, Value: 'bucket/train' },
    ],
  });
  t.strictSame(await found({ SearchExpression: { NestedFilters: [channel('train')] } }), ['trained']);
  t.strictSame(await found({ SearchExpression: { NestedFilters: [channel('validation')] } }), []);
  const error = { Name: 'Metrics.train:error', Operator: 'LessThan' as const, Value: '1' };
  t.strictSame(await found({ SearchExpression: { Filters: [error] } }), ['trained']);
  const recent = { Name: 'CreationTime', Operator: 'GreaterThan' as const, Value: '2020-01-01T00:00:00Z' };
  t.strictSame(await found({ SearchExpression: { Filters: [recent] } }), ['trained']);
  await t.rejects(send(new SearchCommand({ Resource: 'FeatureGroup' })), { message: /not supported/ });
});

t.test('endpoints and models are searched, and names are suggested', async (t) => {
  const model = { Image: xgboostImage, Environment: { GREETING: 'hello' } };
  const Tags = [{ Key: 'team', Value: 'search' }];
  const create = { ModelName: 'Searched', ExecutionRoleArn: role, PrimaryContainer: model, Tags };
  await send(new CreateModelCommand(create));
  const variant = { VariantName: 'A', InitialInstanceCount: 1, InstanceType: 'ml.m5.large' as const };
  const ProductionVariants = [{ ...variant, ModelName: 'Searched' }];
  await send(new CreateEndpointConfigCommand({ EndpointConfigName: 'searched', ProductionVariants }));
  await send(new CreateEndpointCommand({ EndpointName: 'searched', EndpointConfigName: 'searched', Tags }));
  const find = async (Resource: 'Endpoint' | 'Model', Name: string, Value: string) =>
    (await send(new SearchCommand({ Resource, SearchExpression: { Filters: [{ Name, Value }] } }))).Results;

  t.match(await find('Endpoint', 'Tags.team', 'search'), [
    { Endpoint: { EndpointName: 'searched', EndpointConfigName: 'searched', Tags } },
  ]);
  t.match(await find('Model', 'ModelName', 'Searched'), [
    { Model: { Model: { ModelName: 'Searched', Tags }, Endpoints: [{ EndpointName: 'searched' }] } },
  ]);
  t.match(await find('Model', 'Endpoints.EndpointName', 'searched'), [{ Model: { Model: { ModelName: 'Searched' } } }]);
  t.same(await find('Model', 'Tags.team', 'none'), []);

  const suggest = async (Resource: 'TrainingJob' | 'Model', PropertyNameHint: string) => {
    const SuggestionQuery = { PropertyNameQuery: { PropertyNameHint } };
    const { PropertyNameSuggestions } = await send(new GetSearchSuggestionsCommand({ Resource, SuggestionQuery }));
    return PropertyNameSuggestions?.map(({ PropertyName }) => PropertyName);
  };
  t.same(await suggest('TrainingJob', 'hyperparameters.'), ['HyperParameters.num_round', 'HyperParameters.objective']);
  t.same(await suggest('TrainingJob', 'Metrics.'), ['Metrics.train:error']);
  t.same(await suggest('Model', 'Tags'), ['Tags.team']);
  t.same(await suggest('Model', 'nothing'), []);
});

t.test('what cannot be is refused', async (t) => {
  const refused = (command: Promise<unknown>, message: RegExp, name = 'ValidationException') =>
    t.rejects(command, { name, message });
  await refused(send(new CreateModelPackageGroupCommand({ ModelPackageGroupName: 'scores' })), /already exists/);
  await refused(createPackage({ ModelPackageGroupName: 'none' }), /does not exist/);
  await refused(createPackage({ ModelPackageName: 'both' }), /but not both/);
  await refused(createPackage({ InferenceSpecification: undefined }), /InferenceSpecification/);
  const elsewhere = { Image: xgboostImage, ModelDataUrl: 's3://bucket/nothing' };
  await refused(createPackage({ InferenceSpecification: { Containers: [elsewhere] } }), /Could not find model data/);
  await refused(describe('none'), /ModelPackage arn:\S+\/none does not exist/);
  await refused(createModel('none', 'none'), /does not exist/);
  await refused(
    send(new DeleteModelPackageGroupCommand({ ModelPackageGroupName: 'Scores' })),
    /still has/,
    'ConflictException',
  );
  for (const version of [2, 3]) {
    const ModelPackageName = `arn:aws:sagemaker:us-east-1:000000000000:model-package/scores/${version}`;
    await send(new DeleteModelPackageCommand({ ModelPackageName }));
  }
  await send(new DeleteModelPackageGroupCommand({ ModelPackageGroupName: 'Scores' }));
  await refused(send(new DescribeModelPackageGroupCommand({ ModelPackageGroupName: 'Scores' })), /does not exist/);
});
