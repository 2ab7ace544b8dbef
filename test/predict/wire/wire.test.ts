import { once } from 'node:events';
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  InvokeEndpointAsyncCommand,
  InvokeEndpointCommand,
  InvokeEndpointWithResponseStreamCommand,
} from '@aws-sdk/client-sagemaker-runtime';
import t from 'tap';
import { Gates } from '../../../src/predict/wire/gates.ts';
import { answering } from '../../sagemaker/recording-server.ts';
import { resign } from '../../sagemaker/resign.ts';
import { event, openWire, own, part, region, streamHeaders } from './open-wire.ts';

const json = { 'content-type': 'application/json', 'x-amzn-requestid': 'r-1' };

t.test('a request goes on with its bytes and its headers, signed by the gateway and by nobody else', async (t) => {
  const { upstream, sdk } = await openWire(t);
  const body = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
  await sdk.send(
    new InvokeEndpointCommand({
      EndpointName: 'bank',
      Body: body,
      ContentType: 'application/x-npy',
      Accept: 'text/csv; q=0.5',
      CustomAttributes: 'a   b; c="d"',
      TargetModel: 'models/a.tar.gz',
      TargetVariant: 'blue',
      TargetContainerHostname: 'second',
      InferenceId: 'id-1',
      EnableExplanations: '`[0]>0.8`',
      InferenceComponentName: 'component-1',
      SessionId: 'NEW_SESSION',
    }),
  );
  const sent = upstream.last();
  t.equal(sent.path, '/base/endpoints/bank/invocations');
  t.ok(sent.body.equals(body));
  const { authorization, host, connection, 'x-amz-date': _, 'x-amz-content-sha256': __, ...headers } = sent.headers;
  t.strictSame(headers, {
    'content-type': 'application/x-npy',
    accept: 'text/csv; q=0.5',
    'content-length': '256',
    'x-amz-security-token': own.sessionToken,
    'x-amzn-sagemaker-custom-attributes': 'a   b; c="d"',
    'x-amzn-sagemaker-target-model': 'models/a.tar.gz',
    'x-amzn-sagemaker-target-variant': 'blue',
    'x-amzn-sagemaker-target-container-hostname': 'second',
    'x-amzn-sagemaker-inference-id': 'id-1',
    'x-amzn-sagemaker-enable-explanations': '`[0]>0.8`',
    'x-amzn-sagemaker-inference-component': 'component-1',
    'x-amzn-sagemaker-session-id': 'NEW_SESSION',
  });
  t.match(authorization, /AKIDGATEWAY/);
  t.equal(authorization, await resign(sent, region, own));
  t.notMatch(JSON.stringify(sent.headers), /CALLER|of-the-caller/i);
});

t.test('nothing is added, and what is not of the protocol stays behind', async (t) => {
  const { upstream, url } = await openWire(t);
  const call = httpRequest(`${url}/endpoints/bank/invocations`, {
    method: 'POST',
    headers: { cookie: 'a=b', 'x-api-key': 'k', 'x-amzn-sagemaker-unheard-of': '1', 'x-forwarded-for': '1.2.3.4' },
  }).end();
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  response.resume();
  t.strictSame(Object.keys(upstream.last().headers).sort(), [
    'authorization',
    'connection',
    'content-length',
    'host',
    'x-amz-content-sha256',
    'x-amz-date',
    'x-amz-security-token',
  ]);
});

t.test('an answer comes back with its bytes and its headers', async (t) => {
  const { upstream, sdk, post } = await openWire(t);
  const bytes = Buffer.from([0, 255, 10, 13, 128]);
  upstream.answerWith(
    answering(
      200,
      {
        'content-type': 'application/x-npy; v=1',
        'x-amzn-requestid': 'r-1',
        'x-Amzn-Invoked-Production-Variant': 'blue',
        'X-Amzn-SageMaker-Custom-Attributes': 'a  b;c="d"',
        'X-Amzn-SageMaker-New-Session-Id': 's-1; Expires=2026-11-24T00:00:00Z',
        'X-Amzn-SageMaker-Closed-Session-Id': 's-0',
        'content-length': '5',
        'set-cookie': 'internal=1',
      },
      bytes,
    ),
  );
  const output = await sdk.send(new InvokeEndpointCommand({ EndpointName: 'bank', Body: 'x' }));
  t.ok(Buffer.from(output.Body).equals(bytes));
  t.match(output, {
    ContentType: 'application/x-npy; v=1',
    InvokedProductionVariant: 'blue',
    CustomAttributes: 'a  b;c="d"',
    NewSessionId: 's-1; Expires=2026-11-24T00:00:00Z',
    ClosedSessionId: 's-0',
    $metadata: { requestId: 'r-1', httpStatusCode: 200 },
  });
  const { headers } = await post('bank/invocations');
  t.equal(headers.get('content-length'), '5');
  t.notOk(headers.has('set-cookie'));
  upstream.answerWith(answering(204, { 'x-amzn-requestid': 'r-2' }));
  t.match(await post('bank/invocations'), { status: 204 });
});

t.test("errors come back in AWS's own words", async (t) => {
  const { upstream, sdk, post } = await openWire(t);
  const cases: [number, string | undefined, string, object][] = [
    [
      400,
      'ValidationError',
      '{"Message":"Endpoint bank of account 1 not found."}',
      { name: 'ValidationError', message: 'Endpoint bank of account 1 not found.' },
    ],
    [
      400,
      'ThrottlingException',
      '{"Message":"Rate exceeded"}',
      { name: 'ThrottlingException', message: 'Rate exceeded' },
    ],
    [400, undefined, '{"message":null}', { $metadata: { httpStatusCode: 400 } }],
    [
      424,
      'ModelError',
      '{"ErrorCode":"CLIENT_ERROR_FROM_MODEL","LogStreamArn":"arn:x","Message":"Received","OriginalMessage":"bad row","OriginalStatusCode":415}',
      { name: 'ModelError', OriginalStatusCode: 415, OriginalMessage: 'bad row', LogStreamArn: 'arn:x' },
    ],
    [429, 'ModelNotReadyException', '{"Message":"loading"}', { name: 'ModelNotReadyException' }],
    [500, 'InternalFailure', '{"Message":"oops"}', { name: 'InternalFailure' }],
    [503, 'ServiceUnavailable', '{"Message":"later"}', { name: 'ServiceUnavailable' }],
    [530, 'InternalDependencyException', '{"Message":"oops"}', { name: 'InternalDependencyException' }],
  ];
  for (const [status, type, body, expected] of cases) {
    upstream.answerWith(answering(status, { ...json, ...(type ? { 'x-amzn-errortype': type } : {}) }, body));
    const thrown = await sdk
      .send(new InvokeEndpointCommand({ EndpointName: 'bank', Body: 'x' }))
      .catch((error: Error) => error);
    t.match(thrown, expected, `${status} ${type}`);
    const raw = await post('bank/invocations');
    t.equal(raw.status, status);
    t.equal(raw.headers.get('x-amzn-errortype') ?? undefined, type);
    t.equal(await raw.text(), body, 'to the byte');
  }
});

t.test("what AWS says of the gateway's own credentials is not for the caller", async (t) => {
  const { upstream, post } = await openWire(t);
  for (const [status, name] of [
    [403, 'InvalidSignatureException'],
    [400, 'ExpiredTokenException'],
    [403, 'AccessDeniedException'],
  ] as const) {
    upstream.answerWith(
      answering(
        status,
        { ...json, 'x-amzn-errortype': name },
        `{"message":"The Canonical String should have been x-amz-security-token:${own.sessionToken}"}`,
      ),
    );
    const response = await post('bank/invocations');
    t.equal(response.status, 403);
    t.equal(response.headers.get('x-amzn-errortype'), 'AccessDeniedException');
    t.strictSame(await response.json(), { Message: `AWS refused the call of the gateway (${name}).` });
  }
});

t.test("the gateway's own refusals have AWS's shape", async (t) => {
  const { upstream, post, url } = await openWire(t);
  const refused = async (response: Response, status: number, type: string | null, body: object) => {
    t.equal(response.status, status);
    t.equal(response.headers.get('x-amzn-errortype'), type);
    t.match(response.headers.get('content-type'), /^application\/json/);
    t.match(response.headers.get('x-amzn-requestid'), /^[0-9a-f-]{36}$/);
    t.match(await response.json(), body);
  };
  const nameRule =
    /^1 validation error detected: Value '.*' at 'endpointName' failed to satisfy constraint: Member must/;
  await refused(await post('under_score/invocations'), 400, 'ValidationError', {
    Message:
      "1 validation error detected: Value 'under_score' at 'endpointName' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[a-zA-Z0-9](-*[a-zA-Z0-9])*$",
  });
  await refused(await post('-a/invocations'), 400, 'ValidationError', { Message: nameRule });
  await refused(await post('..%2F..%2Fadmin/invocations'), 400, 'ValidationError', { Message: nameRule });
  await refused(await post(`${'a'.repeat(64)}/invocations`), 400, 'ValidationError', {
    Message: /length less than or equal to 63$/,
  });
  await refused(
    await post('bank/invocations', 'x', {
      'x-amzn-sagemaker-inference-id': 'i'.repeat(65),
      'x-amzn-sagemaker-target-variant': 'a_b',
    }),
    400,
    'ValidationError',
    {
      Message:
        /^2 validation errors detected: .*'inferenceId'.*'targetVariant'|^2 validation errors detected: .*'targetVariant'.*'inferenceId'/,
    },
  );
  await refused(
    await post('bank/invocations', 'x', { 'x-amzn-sagemaker-custom-attributes': 'caf\u00e9' }),
    400,
    'ValidationError',
    { Message: /customAttributes/ },
  );
  await refused(await post('bank/invocations', 'x', { 'content-type': 'no type' }), 400, 'ValidationError', {});
  await refused(await post('bank/invocations', 'x', { 'request-timeout': 'soon' }), 400, 'ValidationError', {
    Message: /seconds/,
  });
  await refused(await post('bank/invocations', Buffer.alloc(1_000_001)), 413, null, {
    message: 'HTTP content length exceeded 1000000 bytes.',
  });
  await refused(await post('bank/elsewhere'), 404, 'UnknownOperationException', {});
  await refused(await fetch(`${url}/endpoints/bank/invocations`), 404, 'UnknownOperationException', {});
  t.equal(upstream.recorded.length, 0, 'and nothing was asked of SageMaker');
});

t.test('too slow, gone, or not there at all', async (t) => {
  const { upstream, sdk, post } = await openWire(t, {
    patience: { invocations: 100, 'invocations-response-stream': 100, 'async-invocations': 100 },
  });
  const invoke = () =>
    sdk.send(new InvokeEndpointCommand({ EndpointName: 'bank', Body: 'x' })).catch((error: Error) => error);
  upstream.answerWith(() => {});
  t.match(await invoke(), {
    name: 'ModelError',
    OriginalStatusCode: 0,
    message: /^Received server error \(0\) from primary with message "Your invocation timed out/,
  });
  upstream.answerWith((response) => response.socket?.resetAndDestroy());
  t.match(await invoke(), { name: 'ServiceUnavailable' });
  upstream.answerWith((response) => {
    response
      .writeHead(200, { 'content-length': '100' })
      .write('0.5', () => setImmediate(() => response.socket?.resetAndDestroy()));
  });
  const cut = await post('bank/invocations');
  t.equal(cut.status, 200);
  await t.rejects(cut.text(), 'an answer that breaks off does not look whole');
  await upstream.stop();
  const down = await post('bank/invocations');
  t.equal(down.status, 503);
  t.equal(down.headers.get('retry-after'), '1');
  t.equal(down.headers.get('x-amzn-errortype'), 'ServiceUnavailable');
});

t.test('an endpoint takes as much as it is allowed to, and one does not stand in the way of another', async (t) => {
  const { upstream, post } = await openWire(t, { limits: { maxInFlight: 1, maxQueue: 1 } });
  const waiting: (() => void)[] = [];
  upstream.answerWith((response) => waiting.push(() => response.end('ok')));
  const first = post('bank/invocations');
  const second = post('bank/invocations');
  const short = post('other/invocations', 'x');
  while (waiting.length < 2) await sleep(5);
  const third = await post('bank/invocations');
  t.equal(third.status, 503);
  t.equal(third.headers.get('x-amzn-errortype'), 'ServiceUnavailable');
  t.equal(waiting.length, 2, 'one call for each endpoint');
  const late = await post('other/invocations', 'x', { 'request-timeout': '0.05' });
  t.match([late.status, late.headers.get('x-amzn-errortype')], [424, 'ModelError'], 'who waits too long is told');
  for (const answer of waiting.splice(0)) answer();
  t.match([(await first).status, (await short).status], [200, 200]);
  while (waiting.length < 1) await sleep(5);
  waiting[0]?.();
  t.equal((await second).status, 200);
  t.equal(upstream.recorded.length, 3);
});

t.test('names that callers made up are forgotten', async (t) => {
  const gates = new Gates({ maxInFlight: 1, maxQueue: 1 });
  const job = { deadline: performance.now() + 1_000, work: () => sleep(5) };
  const all = ['a', 'a', 'b'].map((endpoint) => gates.run(endpoint, job));
  t.equal(gates.size, 2);
  await Promise.all(all);
  t.equal(gates.size, 0);
});

t.test('a stream comes chunk by chunk, with the error at its end', async (t) => {
  const { upstream, sdk } = await openWire(t);
  let next: () => void = () => {};
  upstream.answerWith(async (response) => {
    response.writeHead(200, streamHeaders);
    response.write(part('one'));
    await new Promise<void>((resolve) => {
      next = resolve;
    });
    response.write(part('two'));
    response.end(
      event(
        { ':message-type': 'exception', ':exception-type': 'ModelStreamError', ':content-type': 'application/json' },
        '{"Message":"broken","ErrorCode":"StreamBroken"}',
      ),
    );
  });
  const output = await sdk.send(
    new InvokeEndpointWithResponseStreamCommand({
      EndpointName: 'bank',
      Body: 'x',
      ContentType: 'text/plain',
      Accept: 'text/plain',
    }),
  );
  t.match(upstream.last(), {
    path: '/base/endpoints/bank/invocations-response-stream',
    headers: { 'x-amzn-sagemaker-accept': 'text/plain' },
  });
  t.match(output, { ContentType: 'text/plain', InvokedProductionVariant: 'blue' });
  const seen: string[] = [];
  try {
    for await (const { PayloadPart } of output.Body ?? []) {
      seen.push(Buffer.from(PayloadPart?.Bytes ?? []).toString());
      // The second is not even written before the first is here.
      next();
    }
    t.fail('the stream ends with an error');
  } catch (error) {
    t.match(error, { name: 'ModelStreamError', ErrorCode: 'StreamBroken' });
  }
  t.strictSame(seen, ['one', 'two']);
});

async function startStream(url: string): Promise<[ClientRequest, IncomingMessage]> {
  const call = httpRequest(`${url}/endpoints/bank/invocations-response-stream`, { method: 'POST' }).end();
  call.on('error', () => {});
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  return [call, response];
}

t.test('a stream is untouched to the byte, and read no faster than the caller reads', async (t) => {
  const { upstream, url } = await openWire(t);
  const chunk = part('x'.repeat(100_000));
  const chunks = 400;
  let written = 0;
  upstream.answerWith(async (response) => {
    response.writeHead(200, streamHeaders);
    for (; written < chunks; written += 1) if (!response.write(chunk)) await once(response, 'drain');
    response.end();
  });
  const [, response] = await startStream(url);
  response.pause();
  for (let before = -1; before !== written; ) {
    before = written;
    await sleep(100);
  }
  t.ok(written < chunks / 2, `the model is held up after ${written} of ${chunks} chunks`);
  const whole = await buffer(response);
  t.equal(written, chunks);
  t.ok(whole.equals(Buffer.concat(Array.from({ length: chunks }, () => chunk))));
});

t.test('when the caller leaves, the model is told, and the place is free', async (t) => {
  const { upstream, url, post } = await openWire(t, { limits: { maxInFlight: 1, maxQueue: 0 } });
  let closed: Promise<unknown> = Promise.resolve();
  upstream.answerWith((response) => {
    closed = once(response, 'close');
    response.writeHead(200, streamHeaders).write(part('one'));
  });
  const [call, response] = await startStream(url);
  await once(response, 'data');
  t.equal((await post('bank/invocations')).status, 503, 'the stream holds its place');
  /** The place is given back when the gateway hears of it, which is a moment later. */
  const served = async () => {
    upstream.answerWith(answering(200, {}, 'ok'));
    for (;;) {
      const { status } = await post('bank/invocations');
      if (status !== 503) return status;
    }
  };
  call.destroy();
  await closed;

  t.equal(await served(), 200);
  const leaving = new AbortController();
  upstream.answerWith((unanswered) => {
    closed = once(unanswered, 'close');
    leaving.abort();
  });
  await t.rejects(fetch(`${url}/endpoints/bank/invocations`, { method: 'POST', body: 'x', signal: leaving.signal }));
  await closed;
  t.equal(await served(), 200);
});

t.test('an asynchronous invocation', async (t) => {
  const { upstream, sdk } = await openWire(t);
  upstream.answerWith(
    answering(
      202,
      {
        ...json,
        'X-Amzn-SageMaker-OutputLocation': 's3://b/out/1.out',
        'X-Amzn-SageMaker-FailureLocation': 's3://b/failed/1.out',
      },
      '{"InferenceId":"id-1"}',
    ),
  );
  const output = await sdk.send(
    new InvokeEndpointAsyncCommand({
      EndpointName: 'bank',
      InputLocation: 's3://b/in/1.csv',
      ContentType: 'text/csv',
      Accept: 'application/json',
      InferenceId: 'id-1',
      Filename: 'one.out',
      S3OutputPathExtension: 'today/',
      RequestTTLSeconds: 600,
      InvocationTimeoutSeconds: 60,
    }),
  );
  t.match(upstream.last(), {
    path: '/base/endpoints/bank/async-invocations',
    headers: {
      'x-amzn-sagemaker-inputlocation': 's3://b/in/1.csv',
      'x-amzn-sagemaker-content-type': 'text/csv',
      'x-amzn-sagemaker-accept': 'application/json',
      'x-amzn-sagemaker-inference-id': 'id-1',
      'x-amzn-sagemaker-filename': 'one.out',
      'x-amzn-sagemaker-s3outputpathextension': 'today/',
      'x-amzn-sagemaker-requestttlseconds': '600',
      'x-amzn-sagemaker-invocationtimeoutseconds': '60',
    },
  });
  t.match(output, {
    InferenceId: 'id-1',
    OutputLocation: 's3://b/out/1.out',
    FailureLocation: 's3://b/failed/1.out',
    $metadata: { httpStatusCode: 202 },
  });
});
