import { randomUUID } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker-runtime.ts';
import type { AsyncInvocation } from '../async/async-invocation.ts';
import { findTraffic } from './find-variant.ts';
import { validationError } from './runtime-errors.ts';
import type { RuntimeRequest } from './runtime-request.ts';

const longestInline = 128_000;

export async function invokeEndpointAsync(
  input: Inputs['InvokeEndpointAsync'],
  account: Account,
  request: RuntimeRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { EndpointName: endpoint, InferenceId = randomUUID(), CustomAttributes, S3OutputPathExtension } = input;
  const { asyncConfig } = findTraffic(account, endpoint);
  if (!asyncConfig) {
    throw validationError(`Endpoint ${endpoint} of account ${account.accountId} is not an asynchronous endpoint.`);
  }
  const { S3OutputPath = '', S3FailurePath } = asyncConfig.OutputConfig;
  const { Filename: name = InferenceId, RequestTTLSeconds = 21_600, InvocationTimeoutSeconds = 900 } = input;
  const outputLocation = join(S3OutputPath, S3OutputPathExtension, `${name}.out`);
  const failureLocation = S3FailurePath && join(S3FailurePath, S3OutputPathExtension, `${name}-error.out`);
  const invocation: AsyncInvocation = {
    id: randomUUID(),
    inferenceId: InferenceId,
    endpoint,
    contentType: input.ContentType ?? '',
    accept: input.Accept ?? '*/*',
    ...(CustomAttributes !== undefined && { customAttributes: CustomAttributes }),
    input: inputOf(input.InputLocation, request.body),
    outputLocation,
    ...(failureLocation !== undefined && { failureLocation }),
    expires: Date.now() + RequestTTLSeconds * 1_000,
    timeoutMs: InvocationTimeoutSeconds * 1_000,
    faults: request.faults,
  };
  await account.asyncQueue.accept(invocation);
  reply.code(202).header('x-amzn-sagemaker-outputlocation', outputLocation);
  if (failureLocation !== undefined) reply.header('x-amzn-sagemaker-failurelocation', failureLocation);
  return reply.send({ InferenceId });
}

function inputOf(location: string | undefined, body: Buffer | undefined): AsyncInvocation['input'] {
  const inline = body !== undefined && body.length > 0;
  if ((location !== undefined) === inline) {
    throw validationError('Exactly one of Body and InputLocation must be specified.');
  }
  if (location !== undefined) return { location };
  const bytes = body ?? Buffer.alloc(0);
  if (bytes.length > longestInline) throw validationError(`Body must not be larger than ${longestInline} bytes.`);
  return { inline: bytes.toString('base64') };
}

const join = (path: string, ...parts: (string | undefined)[]): string =>
  [path, ...parts]
    .filter((part) => part !== undefined)
    .map((part) => part.replace(/^\/+|\/+$/g, ''))
    .join('/');
