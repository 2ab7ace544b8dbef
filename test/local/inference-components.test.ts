import {
  CreateEndpointConfigCommand,
  CreateInferenceComponentCommand,
  DeleteEndpointCommand,
  DeleteInferenceComponentCommand,
  DescribeInferenceComponentCommand,
  ListInferenceComponentsCommand,
  UpdateInferenceComponentCommand,
  UpdateInferenceComponentRuntimeConfigCommand,
} from '@aws-sdk/client-sagemaker';
import t from 'tap';
import { startLocalSageMaker } from '../../src/local/start.ts';
import { connect } from './clients.ts';
import { createEndpoint, createModelOf, settled } from './models.ts';
import { sandbox } from './sandbox.ts';
import { versions } from './versions.ts';

const models = versions();
const options = { stateDir: await sandbox(t), modelServers: models.modelServers };
let server = await startLocalSageMaker(options);
let clients = connect(server);
t.teardown(async () => {
  clients.close();
  await server.close();
});

const compute = { ComputeResourceRequirements: { MinMemoryRequiredInMb: 1024 } };

t.before(async () => {
  for (const version of ['old', 'new']) await createModelOf(clients, version, models.image(version));
  await clients.sagemaker.send(
    new CreateEndpointConfigCommand({
      EndpointConfigName: 'host',
      ExecutionRoleArn: 'arn:aws:iam::000000000000:role/sagemaker',
      ProductionVariants: [{ VariantName: 'A', InitialInstanceCount: 1, InstanceType: 'ml.m5.large' }],
    }),
  );
  await createEndpoint(clients, 'host', 'host');
  await settled(clients, 'host');
});

const create = (InferenceComponentName: string, Specification: object, CopyCount = 1) =>
  clients.sagemaker.send(
    new CreateInferenceComponentCommand({
      InferenceComponentName,
      EndpointName: 'host',
      VariantName: 'A',
      Specification: { ...compute, ...Specification },
      RuntimeConfig: { CopyCount },
    }),
  );

async function arrived(InferenceComponentName: string) {
  for (;;) {
    const component = await clients.sagemaker.send(new DescribeInferenceComponentCommand({ InferenceComponentName }));
    if (['InService', 'Failed'].includes(String(component.InferenceComponentStatus))) return component;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const call = (InferenceComponentName?: string) =>
  models.call(clients, 'host', InferenceComponentName === undefined ? {} : { InferenceComponentName });

const scale = async (InferenceComponentName: string, CopyCount: number) => {
  await clients.sagemaker.send(
    new UpdateInferenceComponentRuntimeConfigCommand({
      InferenceComponentName,
      DesiredRuntimeConfig: { CopyCount },
    }),
  );
  return arrived(InferenceComponentName);
};

t.test('several models on one endpoint, called by the name of the component', async (t) => {
  await create('by-model', { ModelName: 'old' }, 2);
  await create('by-container', { Container: { Image: models.image('new') } });
  t.match(await arrived('by-model'), {
    InferenceComponentStatus: 'InService',
    EndpointName: 'host',
    VariantName: 'A',
    Specification: { ModelName: 'old', ...compute },
    RuntimeConfig: { DesiredCopyCount: 2, CurrentCopyCount: 2 },
  });
  t.match(await arrived('by-container'), {
    Specification: { Container: { DeployedImage: { SpecifiedImage: models.image('new') } } },
  });
  t.same([await call('by-model'), await call('by-container')], ['old', 'new']);
  await t.rejects(call(), { name: 'ValidationError', message: /^Inference Component Name header is required/ });
  await t.rejects(call('nowhere'), { name: 'ValidationError' });
  const { InferenceComponents } = await clients.sagemaker.send(
    new ListInferenceComponentsCommand({ EndpointNameEquals: 'host', SortBy: 'Name', SortOrder: 'Ascending' }),
  );
  t.match(InferenceComponents, [{ InferenceComponentName: 'by-container' }, { InferenceComponentName: 'by-model' }]);
});

t.test('no copies: its calls are refused in SageMaker’s words, and its model is not in memory', async (t) => {
  t.match(await scale('by-model', 0), { RuntimeConfig: { DesiredCopyCount: 0, CurrentCopyCount: 0 } });
  while (models.open('old') > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await t.rejects(call('by-model'), {
    name: 'ValidationError',
    message: /^Inference Component has no capacity to process this request\./,
  });
  await scale('by-model', 1);
  t.equal(await call('by-model'), 'old');
});

t.test('another model, without a dropped request; a restart', async (t) => {
  let going = true;
  const failures: unknown[] = [];
  const callers = Array.from({ length: 4 }, async () => {
    while (going) await call('by-model').catch((error) => failures.push(error));
  });
  await clients.sagemaker.send(
    new UpdateInferenceComponentCommand({
      InferenceComponentName: 'by-model',
      Specification: { ...compute, ModelName: 'new' },
    }),
  );
  await arrived('by-model');
  while ((await call('by-model')) !== 'new') await new Promise((resolve) => setTimeout(resolve, 10));
  going = false;
  await Promise.all(callers);
  t.same(failures, []);
  clients.close();
  await server.close();
  server = await startLocalSageMaker(options);
  clients = connect(server);
  t.equal(await call('by-model'), 'new');
});

t.test('what does not start is Failed; what is deleted is gone', async (t) => {
  await create('broken', { Container: { Image: models.image('broken') } });
  t.match(await arrived('broken'), { InferenceComponentStatus: 'Failed', FailureReason: /does not start/ });
  await t.rejects(clients.sagemaker.send(new DeleteEndpointCommand({ EndpointName: 'host' })), {
    name: 'ValidationException',
  });
  for (const InferenceComponentName of ['broken', 'by-model', 'by-container']) {
    await clients.sagemaker.send(new DeleteInferenceComponentCommand({ InferenceComponentName }));
  }
  await t.rejects(
    (async () => {
      for (;;) await arrived('by-model');
    })(),
    { name: 'ValidationException', message: /^Could not find inference component "arn:/ },
  );
  await clients.sagemaker.send(new DeleteEndpointCommand({ EndpointName: 'host' }));
});
