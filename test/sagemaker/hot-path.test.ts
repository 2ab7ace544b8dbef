import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import t, { type Test } from 'tap';
import { GatewayError } from '../../src/errors.ts';
import { translateSdkError } from '../../src/sagemaker/fault.ts';
import { createInvoker, type Invocation } from '../../src/sagemaker/invoke.ts';
import { resolveRuntimeTarget } from '../../src/sagemaker/runtime-target.ts';
import { startWithModel } from '../predict/deployed.ts';
import { type Answering, answering, type Recorded, recordingServer } from './recording-server.ts';
import { resign } from './resign.ts';

// The contract between the hot path and the AWS SDK: each takes the same call to the same server, and must send, answer and refuse alike.

const region = 'eu-west-1';
const lasting = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG' };
const temporary = { ...lasting, sessionToken: 'a/session+token==' };

interface Outcome {
  readonly contentType?: string | undefined;
  readonly body?: string;
  readonly headers?: Record<string, string | undefined>;
  readonly error?: object;
}

async function outcomeOf(call: Promise<Outcome>): Promise<Outcome> {
  try {
    return await call;
  } catch (thrown) {
    const error = translateSdkError(thrown);
    if (!(error instanceof GatewayError)) throw error;
    const { code, statusCode, message } = error;
    const { upstream, retryAfter } = error.facts;
    return { error: { code, statusCode, message, upstream, retryAfter } };
  }
}

const callHeaders = {
  'x-amzn-sagemaker-custom-attributes': 'CustomAttributes',
  'x-amzn-sagemaker-target-model': 'TargetModel',
  'x-amzn-sagemaker-target-variant': 'TargetVariant',
  'x-amzn-sagemaker-target-container-hostname': 'TargetContainerHostname',
  'x-amzn-sagemaker-inference-id': 'InferenceId',
  'x-amzn-sagemaker-enable-explanations': 'EnableExplanations',
  'x-amzn-sagemaker-inference-component': 'InferenceComponentName',
  'x-amzn-sagemaker-session-id': 'SessionId',
} as const;

const answerHeaders = {
  'x-amzn-invoked-production-variant': 'InvokedProductionVariant',
  'x-amzn-sagemaker-custom-attributes': 'CustomAttributes',
  'x-amzn-sagemaker-new-session-id': 'NewSessionId',
  'x-amzn-sagemaker-closed-session-id': 'ClosedSessionId',
} as const;

/** The two ways to the same endpoint. */
async function openBoth(t: Test, endpoint: string, credentials: typeof lasting | typeof temporary = lasting) {
  const client = new SageMakerRuntimeClient({
    endpoint,
    region,
    credentials,
    maxAttempts: 1,
    requestHandler: { throwOnRequestTimeout: true },
  });
  const invoker = createInvoker(await resolveRuntimeTarget(client));
  t.teardown(async () => {
    client.destroy();
    await invoker.close();
  });

  const hot = (invocation: Invocation) =>
    outcomeOf(
      invoker.invoke(invocation).then(({ contentType, body, headers }) => ({
        contentType: contentType || undefined,
        body: body.toString('base64'),
        headers: Object.fromEntries(
          Object.keys(answerHeaders).map((name) => [name, headers[name] as string | undefined]),
        ),
      })),
    );

  const sdk = ({ endpoint, contentType, accept, body, headers = {}, deadline }: Invocation) => {
    const members = Object.entries(callHeaders).map(([name, member]) => [
      member,
      headers[name as keyof typeof headers],
    ]);
    const command = new InvokeEndpointCommand({
      EndpointName: endpoint,
      ContentType: contentType,
      Accept: accept,
      Body: body,
      ...Object.fromEntries(members),
    });
    return outcomeOf(
      client.send(command, { requestTimeout: deadline - performance.now() }).then((output) => ({
        contentType: output.ContentType,
        body: Buffer.from(output.Body ?? []).toString('base64'),
        headers: Object.fromEntries(Object.entries(answerHeaders).map(([name, member]) => [name, output[member]])),
      })),
    );
  };
  return { hot, sdk };
}

const call = (more: Partial<Invocation> = {}): Invocation => ({
  endpoint: 'bank',
  contentType: 'text/csv',
  accept: 'text/csv',
  body: Buffer.from('1,2,3\n'),
  deadline: performance.now() + 5_000,
  ...more,
});

/** What tells clients and moments apart, and nothing else. */
const ownHeader = /^(user-agent|x-amz-user-agent|amz-sdk-.*|authorization|x-amz-date)$/;

const comparable = ({ method, path, headers, headerNames, body }: Recorded) => ({
  method,
  path,
  body: body.toString('base64'),
  headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !ownHeader.test(name))),
  headerNames: headerNames.filter((name) => !ownHeader.test(name)).sort(),
});

const requests: [string, Partial<Invocation>][] = [
  ['CSV', {}],
  ['no body at all', { body: Buffer.alloc(0) }],
  [
    'bytes of every value',
    { contentType: 'application/x-npy', body: Buffer.from(Array.from({ length: 256 }, (_, i) => i)) },
  ],
  ['a megabyte', { body: Buffer.alloc(1_000_000, '7,') }],
  ['types with parameters', { contentType: 'text/csv; header=absent', accept: 'application/json;q=0.9, text/csv' }],
  [
    'every header',
    {
      headers: {
        'x-amzn-sagemaker-custom-attributes': 'trace=1',
        'x-amzn-sagemaker-target-model': 'models/a b.tar.gz',
        'x-amzn-sagemaker-target-variant': 'blue',
        'x-amzn-sagemaker-target-container-hostname': 'second',
        'x-amzn-sagemaker-inference-id': 'id-1',
        'x-amzn-sagemaker-enable-explanations': '`[0]>0.8`',
        'x-amzn-sagemaker-inference-component': 'component-1',
        'x-amzn-sagemaker-session-id': 'NEW_SESSION',
      },
    },
  ],
  [
    'attributes with spaces, quotes and every printable sign',
    {
      headers: {
        'x-amzn-sagemaker-custom-attributes': `a   b; c="d" ${String.fromCharCode(...Array.from({ length: 94 }, (_, i) => i + 33))}`,
      },
    },
  ],
  ['attributes between spaces', { headers: { 'x-amzn-sagemaker-custom-attributes': '  trace  id = 1 ' } }],
];

const endpoints: [string, string, typeof lasting | typeof temporary][] = [
  ['lasting credentials', '', lasting],
  ['a session token', '', temporary],
  ['an endpoint URL with a path', '/proxy/sage%20maker', temporary],
  ['an endpoint URL with a slash at its end', '/proxy/', lasting],
  ['an endpoint URL with a path of every sign', "/a:b@c+d=e,f;g&h!(i)*'j$k~l//m", lasting],
  ['an endpoint URL with a path that looks like an endpoint', '/endpoints/all', lasting],
];

for (const [name, path, credentials] of endpoints) {
  t.test(`the same requests: ${name}`, async (t) => {
    const server = await recordingServer(t);
    const { hot, sdk } = await openBoth(t, server.url + path, credentials);
    for (const [what, invocation] of requests) {
      await sdk(call(invocation));
      const expected = server.last();
      await hot(call(invocation));
      const sent = server.last();
      t.strictSame(comparable(sent), comparable(expected), what);
      t.equal(sent.headers.authorization, await resign(sent, region, credentials), `${what}: signature`);
      t.equal(
        expected.headers.authorization,
        await resign(expected, region, credentials),
        `${what}: the oracle agrees with the SDK`,
      );
      t.match(
        sent.headers.authorization,
        /SignedHeaders=accept;content-length;content-type;host;x-amz-content-sha256;x-amz-date/,
      );
    }
  });
}

const json = { 'content-type': 'application/json', 'x-amzn-requestid': 'r-1' };
const error = (status: number, type: string, body: object): Answering =>
  answering(status, { ...json, 'x-amzn-errortype': type }, JSON.stringify(body));
const reset: Answering = (response) => response.socket?.resetAndDestroy();

const answers: [string, Answering, object][] = [
  [
    'scores',
    answering(200, { 'content-type': 'text/csv; charset=utf-8' }, '0.5\n'),
    { contentType: 'text/csv; charset=utf-8' },
  ],
  [
    'bytes',
    answering(200, { 'content-type': 'application/x-npy' }, Buffer.from([0, 255, 10, 13])),
    { body: 'AP8KDQ==' },
  ],
  [
    'every header',
    answering(200, {
      'content-type': 'text/csv',
      'x-Amzn-Invoked-Production-Variant': 'blue',
      'X-Amzn-SageMaker-Custom-Attributes': 'a  b;c="d"',
      'X-Amzn-SageMaker-New-Session-Id': 's-1; Expires=2026-11-24T00:00:00Z',
      'X-Amzn-SageMaker-Closed-Session-Id': 's-0',
    }),
    { headers: { 'x-amzn-invoked-production-variant': 'blue', 'x-amzn-sagemaker-closed-session-id': 's-0' } },
  ],
  ['no content', answering(204, { 'x-amzn-requestid': 'r-1' }), { body: '' }],
  [
    'ValidationError',
    error(400, 'ValidationError', { Message: 'Accept header is wrong' }),
    { error: { code: 'validation_failed', message: 'Accept header is wrong' } },
  ],
  [
    'no such endpoint',
    error(400, 'ValidationError', { Message: 'Endpoint bank of account 123456789012 not found.' }),
    { error: { code: 'model_not_found' } },
  ],
  [
    'the type in the body, with a namespace',
    answering(400, json, JSON.stringify({ __type: 'com.amazonaws.sagemaker#ValidationError', message: 'no' })),
    { error: { code: 'validation_failed', message: 'no' } },
  ],
  [
    'the type with a URL',
    error(400, 'ValidationError:http://internal.amazon.com/coral/#x', { message: 'no' }),
    { error: { code: 'validation_failed' } },
  ],
  [
    'ThrottlingException',
    error(400, 'ThrottlingException', { Message: 'Rate exceeded' }),
    { error: { code: 'throttled', statusCode: 429, retryAfter: 1 } },
  ],
  [
    'throttling without a name or words',
    answering(400, json, '{"message":null}'),
    { error: { code: 'throttled', statusCode: 429, retryAfter: 1 } },
  ],
  ['429 without a name', answering(429, json, '{}'), { error: { code: 'throttled' } }],
  [
    'ModelError',
    error(424, 'ModelError', {
      ErrorCode: 'CLIENT_ERROR_FROM_MODEL',
      LogStreamArn: 'arn:aws:logs:eu-west-1:123456789012:log-group:/aws/sagemaker/Endpoints/bank',
      Message: 'Received client error (415) from primary with message "bad row". See https://…',
      OriginalMessage: 'bad row',
      OriginalStatusCode: 415,
    }),
    { error: { code: 'model_error', statusCode: 502, upstream: { status: 415, message: 'bad row' } } },
  ],
  [
    "the model's timeout",
    error(424, 'ModelError', {
      Message:
        'Received server error (0) from primary with message "Your invocation timed out while waiting for a response from container primary. …"',
      OriginalMessage: 'Your invocation timed out while waiting for a response from container primary. …',
      OriginalStatusCode: 0,
    }),
    { error: { code: 'upstream_timeout', statusCode: 504 } },
  ],
  [
    'ModelNotReadyException',
    error(429, 'ModelNotReadyException', { Message: 'loading' }),
    { error: { code: 'model_not_ready', statusCode: 503, retryAfter: 5 } },
  ],
  [
    'InternalFailure',
    error(500, 'InternalFailure', { Message: 'oops' }),
    { error: { code: 'upstream_unavailable', message: /InternalFailure/ } },
  ],
  [
    'ServiceUnavailable',
    error(503, 'ServiceUnavailable', { Message: 'later' }),
    { error: { code: 'upstream_unavailable', retryAfter: 1 } },
  ],
  [
    'InternalDependencyException',
    error(530, 'InternalDependencyException', { Message: 'oops' }),
    { error: { code: 'upstream_unavailable' } },
  ],
  [
    'a refusal of the credentials',
    error(403, 'AccessDeniedException', { Message: 'User: arn:aws:iam::1:user/x is not authorized' }),
    {
      error: {
        code: 'aws_access_denied',
        message: /^AWS refused the call of the gateway \(AccessDeniedException\)\.$/,
      },
    },
  ],
  ['an error without a body', answering(500, {}), { error: { code: 'upstream_unavailable', message: /HTTP 500/ } }],
  [
    'an error that is JSON but no object',
    answering(500, json, 'null'),
    { error: { code: 'upstream_unavailable', message: /HTTP 500/ } },
  ],
  [
    '503 of a load balancer',
    answering(503, { 'content-type': 'text/html' }, '<html>Service Unavailable</html>'),
    { error: { code: 'upstream_unavailable', message: /HTTP 503/ } },
  ],
  [
    '400 of a load balancer, which is no throttling',
    answering(400, { 'content-type': 'text/html' }, '<html>Bad Request</html>'),
    { error: { code: 'upstream_error', message: /HTTP 400/ } },
  ],
  [
    'too large',
    answering(413, json, '{"message":"HTTP content length exceeded 26214400 bytes."}'),
    { error: { code: 'upstream_error', message: /content length exceeded/ } },
  ],
  ['a connection reset before the answer', reset, { error: { code: 'upstream_unavailable', retryAfter: 1 } }],
  [
    'a connection reset midway',
    (response) => {
      response
        .writeHead(200, { 'content-type': 'text/csv', 'content-length': '100' })
        .write('0.5\n', () => setImmediate(() => response.socket?.resetAndDestroy()));
    },
    { error: { code: 'upstream_unavailable' } },
  ],
];

t.test('the same answers and errors', async (t) => {
  const server = await recordingServer(t);
  const { hot, sdk } = await openBoth(t, server.url);
  for (const [name, answer, expected] of answers) {
    server.answerWith(answer);
    const theirs = await sdk(call());
    const ours = await hot(call());
    t.strictSame(ours, theirs, name);
    t.match(ours, expected, `${name}: what is expected`);
  }
});

t.test('no answer in time, and nobody there', async (t) => {
  const server = await recordingServer(t);
  const { hot, sdk } = await openBoth(t, server.url);
  server.answerWith(() => {});
  const timedOut = { error: { code: 'upstream_timeout', statusCode: 504 } };
  t.match(await sdk(call({ deadline: performance.now() + 100 })), timedOut);
  t.match(await hot(call({ deadline: performance.now() + 100 })), timedOut);
  await server.stop();
  const refused = await hot(call());
  t.match(refused, { error: { code: 'upstream_unavailable', message: 'SageMaker cannot be reached.' } });
  t.strictSame(refused, await sdk(call()));
});

t.test('what may be sent again: only what did not reach the model', async (t) => {
  const server = await recordingServer(t);
  const client = new SageMakerRuntimeClient({ endpoint: server.url, region, credentials: lasting });
  const invoker = createInvoker(await resolveRuntimeTarget(client));
  t.teardown(() => invoker.close());
  const safe = new Set([
    'ThrottlingException',
    'throttling without a name or words',
    '429 without a name',
    'ModelNotReadyException',
    'ServiceUnavailable',
    'a connection reset before the answer',
  ]);
  for (const [name, answer, { error }] of answers as [string, Answering, { error?: object }][]) {
    if (error === undefined) continue;
    server.answerWith(answer);
    const thrown = await invoker.invoke(call()).catch((reason: GatewayError) => reason);
    t.equal((thrown as GatewayError).facts.retrySafe === true, safe.has(name), name);
  }
});

t.test('the embedded SageMaker answers both alike', async (t) => {
  const { local } = await startWithModel(t);
  const { hot, sdk } = await openBoth(t, local.url);
  const rows = { endpoint: 'heavy', body: Buffer.from('180,80,40\n180,60,40\n') };
  const both = async (more: Partial<Invocation>) => {
    const ours = await hot(call({ ...rows, ...more }));
    t.strictSame(ours, await sdk(call({ ...rows, ...more })));
    return ours;
  };
  t.match(await both({}), { contentType: /^text\/csv/, headers: { 'x-amzn-invoked-production-variant': String } });
  t.match(await both({ accept: 'application/json' }), { contentType: /^application\/json/ });
  t.match(await both({ body: Buffer.from('1,2\n') }), { error: { code: 'model_error' } });
  t.match(await both({ endpoint: 'nobody' }), { error: { code: 'model_not_found' } });
});
