import t from 'tap';
import { loadConfig } from '../../../src/config/load.ts';
import { peerMissing, runPeer } from '../../peer.ts';
import { startWithModel } from '../deployed.ts';

const script = `
import json, boto3
from botocore.exceptions import ClientError

runtime = boto3.client("sagemaker-runtime")
rows = dict(EndpointName="heavy", ContentType="text/csv", Body="180,80,40\\n180,60,40\\n")

def refusal(call, **arguments):
    try:
        call(**{**rows, **arguments})
    except ClientError as error:
        return {"is": type(error).__name__, **{k: v for k, v in error.response.items() if k not in ("ResponseMetadata",)},
                "status": error.response["ResponseMetadata"]["HTTPStatusCode"]}

answer = runtime.invoke_endpoint(**rows, Accept="text/csv", CustomAttributes="a  b; c=d", InferenceId="id-1")
stream = runtime.invoke_endpoint_with_response_stream(**rows)
print(json.dumps({
    "body": answer["Body"].read().decode(),
    "type": answer["ContentType"],
    "variant": answer["InvokedProductionVariant"],
    "requestId": answer["ResponseMetadata"]["RequestId"],
    "streamed": "".join(event["PayloadPart"]["Bytes"].decode() for event in stream["Body"]),
    "missing": refusal(runtime.invoke_endpoint, EndpointName="nobody"),
    "badName": refusal(runtime.invoke_endpoint, EndpointName="under_score"),
    "badRow": refusal(runtime.invoke_endpoint, Body="1,2"),
    "notAsync": refusal(lambda **_: runtime.invoke_endpoint_async(EndpointName="heavy", InputLocation="s3://bucket/key")),
    "tooLarge": refusal(runtime.invoke_endpoint, Body=b"1" * (26 * 1024 * 1024)),
}))`;

const signedScript = `
import json, boto3
from botocore.exceptions import ClientError

runtime = boto3.client("sagemaker-runtime")
rows = dict(EndpointName="heavy", ContentType="text/csv", Body="180,80,40\\n180,60,40\\n")
try:
    stream = runtime.invoke_endpoint_with_response_stream(**rows)["Body"]
    print(json.dumps({
        "body": runtime.invoke_endpoint(**rows, CustomAttributes="a  b; c=d")["Body"].read().decode(),
        "streamed": "".join(event["PayloadPart"]["Bytes"].decode() for event in stream),
    }))
except ClientError as error:
    print(json.dumps({"refused": error.response["Error"]["Code"], "status": error.response["ResponseMetadata"]["HTTPStatusCode"]}))`;

t.test('boto3, by endpoint override alone', { skip: peerMissing('boto3') }, async (t) => {
  const { url, local } = await startWithModel(t);
  const answers = await runPeer(script, {
    AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME: url,
    AWS_REGION: 'eu-central-1',
    AWS_DEFAULT_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'anything',
    AWS_SECRET_ACCESS_KEY: 'anything',
    AWS_MAX_ATTEMPTS: '1',
  });
  t.match(answers, {
    body: /^0\.9\d+\n0\.0\d+\n$/,
    type: /^text\/csv/,
    variant: String,
    requestId: String,
    streamed: /^0\.9\d+\n0\.0\d+\n$/,
    missing: {
      is: 'ValidationError',
      Error: { Code: 'ValidationError', Message: `Endpoint nobody of account ${local.accountId} not found.` },
      status: 400,
    },
    badName: { Error: { Code: 'ValidationError', Message: /'under_score' at 'endpointName'/ }, status: 400 },
    badRow: {
      is: 'ModelError',
      Error: { Code: 'ModelError', Message: /^Received client error/ },
      OriginalStatusCode: Number,
      OriginalMessage: String,
      LogStreamArn: String,
      status: 424,
    },
    notAsync: { Error: { Code: 'ValidationError' }, status: 400 },
    tooLarge: { Error: { Code: '413', Message: 'HTTP content length exceeded 26214400 bytes.' }, status: 413 },
  });
});

t.test('boto3 with an access key that the gateway knows', { skip: peerMissing('boto3') }, async (t) => {
  const { app, url, log } = await startWithModel(t);
  const id = 'SGWBOTOACCESSKEY0001';
  const secret = 'a-secret-of-more-than-thirty-two-characters';
  process.env.BOTO3_TEST_SECRET = secret;
  t.teardown(() => delete process.env.BOTO3_TEST_SECRET);
  const accessKeys = [{ id, secretEnv: 'BOTO3_TEST_SECRET' }];
  app.configure(
    loadConfig({ GATEWAY_MODE: 'local' }, JSON.stringify({ clients: { acme: { accessKeys, scopes: ['predict'] } } })),
  );
  const call = (AWS_ACCESS_KEY_ID: string, AWS_SECRET_ACCESS_KEY: string) =>
    runPeer(signedScript, {
      ...{ AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME: url, AWS_DEFAULT_REGION: 'eu-central-1', AWS_MAX_ATTEMPTS: '1' },
      ...{ AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY },
    });
  t.match(await call(id, secret), { body: /^0\.9\d+\n0\.0\d+\n$/, streamed: /^0\.9\d+\n0\.0\d+\n$/ });
  t.match(
    log.filter(({ client }) => client === 'acme').map(({ status }) => status),
    [200, 200],
    'the log says whose they were',
  );
  t.match(await call(id, `${secret}.`), { refused: 'AccessDeniedException', status: 403 });
  t.match(await call('SGWNOBODYSACCESSKEY1', secret), { refused: 'AccessDeniedException', status: 403 });
});
