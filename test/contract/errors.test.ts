import { DescribeLogStreamsCommand, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  CreateTrainingJobCommand,
  type CreateTrainingJobCommandInput,
  DeleteEndpointCommand,
  DeleteEndpointConfigCommand,
  DeleteModelCommand,
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
  DescribeTrainingJobCommand,
  ListModelsCommand,
  SageMakerServiceException,
  StopTrainingJobCommand,
} from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand, ValidationError } from '@aws-sdk/client-sagemaker-runtime';
import t from 'tap';
import { openTarget } from './target.ts';

const target = await openTarget();
const { sagemaker, runtime, logs, roleArn, image } = target;
t.teardown(() => target.close());

const failure = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (reason: Error) => reason,
  );
const missing = target.unique('missing');

t.test('what is missing is a ValidationException that names its ARN', async (t) => {
  const calls = {
    [`Could not find model "${target.arn('model', missing)}".`]: [
      sagemaker.send(new DescribeModelCommand({ ModelName: missing })),
      sagemaker.send(new DeleteModelCommand({ ModelName: missing })),
      sagemaker.send(
        new CreateEndpointConfigCommand({
          EndpointConfigName: missing,
          ProductionVariants: [
            { VariantName: 'A', ModelName: missing, InitialInstanceCount: 1, InstanceType: 'ml.m5.large' },
          ],
        }),
      ),
    ],
    [`Could not find endpoint "${target.arn('endpoint', missing)}".`]: [
      sagemaker.send(new DescribeEndpointCommand({ EndpointName: missing })),
      sagemaker.send(new DeleteEndpointCommand({ EndpointName: missing })),
    ],
    [`Could not find endpoint configuration "${target.arn('endpoint-config', missing)}".`]: [
      sagemaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName: missing })),
      sagemaker.send(new DeleteEndpointConfigCommand({ EndpointConfigName: missing })),
      sagemaker.send(new CreateEndpointCommand({ EndpointName: missing, EndpointConfigName: missing })),
    ],
  };
  for (const [message, sent] of Object.entries(calls)) {
    for (const call of sent) {
      const error = await failure(call);
      t.type(error, SageMakerServiceException);
      t.match(error, { name: 'ValidationException', message, $metadata: { httpStatusCode: 400, requestId: String } });
    }
  }
});

t.test('a missing training job', async (t) => {
  for (const command of [
    new DescribeTrainingJobCommand({ TrainingJobName: missing }),
    new StopTrainingJobCommand({ TrainingJobName: missing }),
  ]) {
    // The API model says ResourceNotFound; older observations of AWS say ValidationException (aws/aws-sdk#165).
    const name = /^(ResourceNotFound|ValidationException)$/;
    t.match(await failure(sagemaker.send(command as DescribeTrainingJobCommand)), {
      name,
      message: 'Requested resource not found.',
    });
  }
});

t.test('wrong members are named, all at once', async (t) => {
  const request = {
    TrainingJobName: 'under_score',
    AlgorithmSpecification: { TrainingImage: image, TrainingInputMode: 'Bucket' },
    RoleArn: roleArn,
    InputDataConfig: [{ ChannelName: 'not/this', DataSource: {} }],
    ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 1 },
    StoppingCondition: { MaxRuntimeInSeconds: 0 },
  } as unknown as CreateTrainingJobCommandInput;
  const error = await failure(sagemaker.send(new CreateTrainingJobCommand(request)));
  t.match(error, { name: 'ValidationException', $metadata: { httpStatusCode: 400 } });
  t.match(error?.message, /^5 validation errors detected: /);
  for (const part of [
    "Value 'under_score' at 'trainingJobName' failed to satisfy constraint: Member must satisfy regular expression pattern: ",
    "Value 'Bucket' at 'algorithmSpecification.trainingInputMode' failed to satisfy constraint: Member must satisfy enum value set: [",
    "Value 'not/this' at 'inputDataConfig.1.member.channelName' failed to satisfy constraint: Member must satisfy regular expression pattern: ",
    "Value null at 'outputDataConfig' failed to satisfy constraint: Member must not be null",
    "Value '0' at 'stoppingCondition.maxRuntimeInSeconds' failed to satisfy constraint: Member must have value greater than or equal to 1",
  ]) {
    t.ok(error?.message.includes(part), part);
  }
  const list = await failure(sagemaker.send(new ListModelsCommand({ MaxResults: 101 })));
  t.match(
    list?.message,
    /^1 validation error detected: Value '101' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 100$/,
  );
});

t.test('inputs and models are looked for before they are taken', async (t) => {
  const uri = `s3://${missing}/data`;
  const job = await failure(
    sagemaker.send(
      new CreateTrainingJobCommand({
        TrainingJobName: missing,
        RoleArn: roleArn,
        AlgorithmSpecification: { TrainingImage: image, TrainingInputMode: 'File' },
        InputDataConfig: [
          { ChannelName: 'train', DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: uri } } },
        ],
        OutputDataConfig: { S3OutputPath: `s3://${missing}/out` },
        ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 1 },
        StoppingCondition: { MaxRuntimeInSeconds: 60 },
      }),
    ),
  );
  t.match(job, { name: 'ValidationException' });
  t.ok(job?.message.startsWith(`No S3 objects found under S3 URL "${uri}" given in input data source.`));
  const container = { Image: image, ModelDataUrl: `${uri}/model.tar.gz` };
  const model = new CreateModelCommand({ ModelName: missing, ExecutionRoleArn: roleArn, PrimaryContainer: container });
  t.match(await failure(sagemaker.send(model)), {
    name: 'ValidationException',
    message: `Could not find model data at ${uri}/model.tar.gz.`,
  });
});

t.test('a name that is taken', async (t) => {
  const model = new CreateModelCommand({
    ModelName: missing,
    ExecutionRoleArn: roleArn,
    PrimaryContainer: { Image: image },
  });
  await sagemaker.send(model);
  t.match(await failure(sagemaker.send(model)), {
    name: 'ValidationException',
    message: `Cannot create already existing model "${target.arn('model', missing)}".`,
  });
  await sagemaker.send(new DeleteModelCommand({ ModelName: missing }));
});

t.test('the runtime', async (t) => {
  const error = await failure(runtime.send(new InvokeEndpointCommand({ EndpointName: missing, Body: 'x' })));
  t.type(error, ValidationError);
  t.match(error, {
    message: `Endpoint ${missing} of account ${target.accountId} not found.`,
    $metadata: { httpStatusCode: 400, requestId: String },
  });
});

t.test('logs', async (t) => {
  const group = await failure(logs.send(new DescribeLogStreamsCommand({ logGroupName: missing })));
  t.match(group, { name: 'ResourceNotFoundException', message: 'The specified log group does not exist.' });
  const stream = new GetLogEventsCommand({ logGroupName: missing, logStreamName: missing });
  t.match(await failure(logs.send(stream)), { name: 'ResourceNotFoundException' });
});
