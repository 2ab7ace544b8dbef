import { randomUUID } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import type { Account } from '../account.ts';
import type { AsyncInvocation } from '../async/async-invocation.ts';
import { findTraffic } from './find-variant.ts';
import { validationError } from './runtime-errors.ts';
import { type RuntimeRequest, sagemakerHeader } from './runtime-request.ts';

const longestInline = 128_000;

export async function invokeEndpointAsync(
  account: Account,
  request: RuntimeRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { endpoint } = request.params;
  const { headers } = request;
  const { asyncConfig } = findTraffic(account, endpoint);
  if (!asyncConfig) {
    throw validationError(`Endpoint ${endpoint} of account ${account.accountId} is not an asynchronous endpoint.`);
  }
  const inferenceId = sagemakerHeader(headers, 'inference-id') ?? randomUUID();
  if (!/^\S[\x20-\x7e]{0,63}$/.test(inferenceId)) {
    throw validationError('InferenceId must have length between 1 and 64.');
  }
  const attributes = sagemakerHeader(headers, 'custom-attributes');
  const { S3OutputPath = '', S3FailurePath } = asyncConfig.OutputConfig;
  const extension = sagemakerHeader(headers, 's3outputpathextension');
  const name = sagemakerHeader(headers, 'filename') ?? inferenceId;
  const outputLocation = join(S3OutputPath, extension, `${name}.out`);
  const failureLocation = S3FailurePath && join(S3FailurePath, extension, `${name}-error.out`);
  const invocation: AsyncInvocation = {
    id: randomUUID(),
    inferenceId,
    endpoint,
    contentType: sagemakerHeader(headers, 'content-type') ?? '',
    accept: sagemakerHeader(headers, 'accept') ?? '*/*',
    ...(attributes !== undefined && { customAttributes: attributes }),
    input: inputOf(sagemakerHeader(headers, 'inputlocation'), request.body),
    outputLocation,
    ...(failureLocation !== undefined && { failureLocation }),
    expires: Date.now() + secondsOf(request, 'RequestTTLSeconds', 60, 21_600, 21_600) * 1_000,
    timeoutMs: secondsOf(request, 'InvocationTimeoutSeconds', 1, 3_600, 900) * 1_000,
    faults: request.faults,
  };
  await account.asyncQueue.accept(invocation);
  reply.code(202).header('x-amzn-sagemaker-outputlocation', outputLocation);
  if (failureLocation !== undefined) reply.header('x-amzn-sagemaker-failurelocation', failureLocation);
  return reply.send({ InferenceId: inferenceId });
}

function inputOf(location: string | undefined, body: Buffer | undefined): AsyncInvocation['input'] {
  const inline = body !== undefined && body.length > 0;
  if ((location !== undefined) === inline) {
    throw validationError('Exactly one of Body and InputLocation must be specified.');
  }
  if (location === undefined) {
    const bytes = body ?? Buffer.alloc(0);
    if (bytes.length > longestInline) throw validationError(`Body must not be larger than ${longestInline} bytes.`);
    return { inline: bytes.toString('base64') };
  }
  if (location.length > 1024 || !/^(https|s3):\/\/[^/]+\/?.*$/.test(location)) {
    throw validationError(`InputLocation "${location}" is not an S3 URI.`);
  }
  return { location };
}

function secondsOf(request: RuntimeRequest, name: string, from: number, to: number, usual: number): number {
  const text = sagemakerHeader(request.headers, name.toLowerCase());
  if (text === undefined) return usual;
  const seconds = Number(text);
  if (Number.isInteger(seconds) && seconds >= from && seconds <= to) return seconds;
  throw validationError(`${name} must be an integer between ${from} and ${to}.`);
}

const join = (path: string, ...parts: (string | undefined)[]): string =>
  [path, ...parts]
    .filter((part) => part !== undefined)
    .map((part) => part.replace(/^\/+|\/+$/g, ''))
    .join('/');
