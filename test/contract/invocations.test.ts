import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  CreateTrainingJobCommand,
  CreateTransformJobCommand,
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  DescribeTrainingJobCommand,
  DescribeTransformJobCommand,
  waitUntilEndpointInService,
  waitUntilTrainingJobCompletedOrStopped,
  waitUntilTransformJobCompletedOrStopped,
} from '@aws-sdk/client-sagemaker';
import {
  InvokeEndpointAsyncCommand,
  InvokeEndpointCommand,
  InvokeEndpointWithResponseStreamCommand,
  ModelError,
  ValidationError,
} from '@aws-sdk/client-sagemaker-runtime';
import t from 'tap';
import { openTarget } from './target.ts';

const target = await openTarget();
const { sagemaker, runtime, s3, bucket, roleArn, image, pace } = target;
t.teardown(() => target.close());

const name = target.unique('Invocations');
const asyncName = `${name}-async`;
const OutputConfig = {
  S3OutputPath: `s3://${bucket}/${name}/out`,
  S3FailurePath: `s3://${bucket}/${name}/failed/`,
};
const AsyncInferenceConfig = { ClientConfig: { MaxConcurrentInvocationsPerInstance: 2 }, OutputConfig };

/** Rows whose label is whether the first feature is above a half. */
const rows = Array.from({ length: 200 }, (_, at) => `${at % 2},${(at % 2) * 0.5 + (at % 47) / 100},${at % 13}`);

t.before(async () => {
  if (!target.bucketExists) await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: `${name}/train/data.csv`, Body: rows.join('\n') }));
  const job = { TrainingJobName: name };
  await sagemaker.send(
    new CreateTrainingJobCommand({
      ...job,
      RoleArn: roleArn,
      AlgorithmSpecification: { TrainingImage: image, TrainingInputMode: 'File' },
      HyperParameters: { num_round: '2', objective: 'binary:logistic' },
      InputDataConfig: [
        {
          ChannelName: 'train',
          ContentType: 'text/csv',
          DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: `s3://${bucket}/${name}/train` } },
        },
      ],
      OutputDataConfig: { S3OutputPath: `s3://${bucket}/${name}/model` },
      ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 5 },
      StoppingCondition: { MaxRuntimeInSeconds: 600 },
    }),
  );
  await waitUntilTrainingJobCompletedOrStopped({ client: sagemaker, ...pace }, job);
  const { ModelArtifacts } = await sagemaker.send(new DescribeTrainingJobCommand(job));
  const PrimaryContainer = { Image: image, ModelDataUrl: ModelArtifacts?.S3ModelArtifacts };
  await sagemaker.send(new CreateModelCommand({ ModelName: name, ExecutionRoleArn: roleArn, PrimaryContainer }));
  for (const [EndpointName, more] of Object.entries({ [name]: {}, [asyncName]: { AsyncInferenceConfig } })) {
    const variant = {
      VariantName: 'A',
      ModelName: name,
      InitialInstanceCount: 1,
      InstanceType: 'ml.m5.large' as const,
    };
    await sagemaker.send(
      new CreateEndpointConfigCommand({ EndpointConfigName: EndpointName, ProductionVariants: [variant], ...more }),
    );
    await sagemaker.send(new CreateEndpointCommand({ EndpointName, EndpointConfigName: EndpointName }));
  }
  for (const EndpointName of [name, asyncName])
    await waitUntilEndpointInService({ client: sagemaker, ...pace }, { EndpointName });
});

t.after(() => target.remove({ endpoints: [name, asyncName], configs: [name, asyncName], models: [name] }));

const features = rows.map((row) => row.slice(row.indexOf(',') + 1)).join('\n');

t.test('a response stream has the bytes of the plain answer, in parts', async (t) => {
  const request = { EndpointName: name, ContentType: 'text/csv', Accept: 'text/csv', Body: features };
  const plain = await runtime.send(new InvokeEndpointCommand(request));
  const streamed = await runtime.send(new InvokeEndpointWithResponseStreamCommand(request));
  t.match(streamed, { ContentType: /^text\/csv/, InvokedProductionVariant: 'A', $metadata: { httpStatusCode: 200 } });
  const parts: Uint8Array[] = [];
  for await (const event of streamed.Body ?? []) if (event.PayloadPart?.Bytes) parts.push(event.PayloadPart.Bytes);
  t.equal(Buffer.concat(parts).toString(), Buffer.from(plain.Body).toString());
});

t.test('what the model refuses before the stream begins is a ModelError', async (t) => {
  const request = { EndpointName: name, ContentType: 'text/csv', Body: 'a,b' };
  const error = await runtime.send(new InvokeEndpointWithResponseStreamCommand(request)).catch((reason) => reason);
  t.type(error, ModelError);
  t.match(error, { OriginalStatusCode: 415, $metadata: { httpStatusCode: 424 } });
  const missing = { ...request, EndpointName: target.unique('missing') };
  const unknown = await runtime.send(new InvokeEndpointWithResponseStreamCommand(missing)).catch((reason) => reason);
  t.type(unknown, ValidationError);
  t.match(unknown.message, /^Endpoint \S+ of account \d{12} not found\.$/);
});

/** The object that an s3:// address names, as soon as it is there. */
async function arrival(client: S3Client, uri = ''): Promise<string> {
  const [, Bucket = '', Key = ''] = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri) ?? [];
  for (const end = Date.now() + pace.maxWaitTime * 1_000; ; ) {
    try {
      return (await (await client.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString()) ?? '';
    } catch (error) {
      if (!(error instanceof Error && error.name === 'NoSuchKey') || Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, pace.minDelay * 1_000));
    }
  }
}

t.test('an asynchronous invocation leaves its answer in S3', async (t) => {
  t.match(await sagemaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName: asyncName })), {
    AsyncInferenceConfig,
  });
  t.match(await sagemaker.send(new DescribeEndpointCommand({ EndpointName: asyncName })), { AsyncInferenceConfig });
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: `${name}/input`, Body: '0.9,5' }));
  const request = { EndpointName: asyncName, ContentType: 'text/csv' };
  const InputLocation = `s3://${bucket}/${name}/input`;

  const byLocation = await runtime.send(new InvokeEndpointAsyncCommand({ ...request, InputLocation }));
  t.match(byLocation, { InferenceId: /^\S+$/, $metadata: { httpStatusCode: 202 } });
  t.ok(byLocation.OutputLocation?.startsWith(`${OutputConfig.S3OutputPath}/`));
  t.match(byLocation.OutputLocation, /\.out$/);
  t.ok(byLocation.FailureLocation?.startsWith(OutputConfig.S3FailurePath));
  t.ok(Number(await arrival(s3, byLocation.OutputLocation)) > 0.5);

  const inline = new InvokeEndpointAsyncCommand({ ...request, Body: Buffer.from('0.1,5'), InferenceId: `${name}-1` });
  const byBody = await runtime.send(inline);
  t.equal(byBody.InferenceId, `${name}-1`);
  t.ok(Number(await arrival(s3, byBody.OutputLocation)) < 0.5);
});

t.test('a batch transform scores a file row by row, each score beside its row', async (t) => {
  const job = { TransformJobName: name };
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: `${name}/rows/a.csv`, Body: `${rows.join('\n')}\n` }));
  await sagemaker.send(
    new CreateTransformJobCommand({
      ...job,
      ModelName: name,
      TransformInput: {
        ContentType: 'text/csv',
        SplitType: 'Line',
        DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: `s3://${bucket}/${name}/rows` } },
      },
      TransformOutput: { S3OutputPath: `s3://${bucket}/${name}/scores`, Accept: 'text/csv', AssembleWith: 'Line' },
      TransformResources: { InstanceType: 'ml.m5.large', InstanceCount: 1 },
      DataProcessing: { InputFilter: '$[1:]', JoinSource: 'Input' },
    }),
  );
  t.match(await sagemaker.send(new DescribeTransformJobCommand(job)), {
    TransformJobArn: target.arn('transform-job', name),
    TransformJobStatus: /InProgress|Completed/,
    CreationTime: Date,
  });
  await waitUntilTransformJobCompletedOrStopped({ client: sagemaker, ...pace }, job);
  t.match(await sagemaker.send(new DescribeTransformJobCommand(job)), {
    TransformJobStatus: 'Completed',
    TransformStartTime: Date,
    TransformEndTime: Date,
  });
  const scored = (await arrival(s3, `s3://${bucket}/${name}/scores/a.csv.out`)).trim().split('\n');
  t.equal(scored.length, rows.length);
  for (const [at, row] of rows.entries()) {
    if (!scored[at]?.startsWith(`${row},`)) t.fail(`${scored[at]} is not ${row} with its score`);
  }
});

t.test('a failed one leaves the reason', async (t) => {
  const request = { EndpointName: asyncName, ContentType: 'text/csv', Body: Buffer.from('a,b') };
  const { FailureLocation } = await runtime.send(new InvokeEndpointAsyncCommand(request));
  t.match(await arrival(s3, FailureLocation), /415/);
});

t.test('what cannot be accepted is refused at once', async (t) => {
  const refusal = (command: InvokeEndpointAsyncCommand | InvokeEndpointCommand) =>
    runtime.send(command as InvokeEndpointCommand).catch((reason) => reason);
  const request = { EndpointName: asyncName, ContentType: 'text/csv' };
  const InputLocation = `s3://${bucket}/${name}/input`;
  const Body = Buffer.from('0.9,5');
  for (const [why, command] of Object.entries({
    'neither input': new InvokeEndpointAsyncCommand(request),
    'both inputs': new InvokeEndpointAsyncCommand({ ...request, InputLocation, Body }),
    'too long': new InvokeEndpointAsyncCommand({ ...request, Body: Buffer.alloc(128_001, '1') }),
    'too short a life': new InvokeEndpointAsyncCommand({ ...request, Body, RequestTTLSeconds: 59 }),
    'too long a timeout': new InvokeEndpointAsyncCommand({ ...request, Body, InvocationTimeoutSeconds: 3601 }),
    'an id that is too long': new InvokeEndpointCommand({ EndpointName: name, Body, InferenceId: 'i'.repeat(65) }),
    'no name of a variant': new InvokeEndpointCommand({ EndpointName: name, Body, TargetVariant: '-' }),
    'a real-time endpoint': new InvokeEndpointAsyncCommand({ ...request, EndpointName: name, Body }),
    'an asynchronous endpoint in real time': new InvokeEndpointCommand({ ...request, Body }),
  })) {
    t.match(await refusal(command), { name: 'ValidationError', $metadata: { httpStatusCode: 400 } }, why);
  }
});
