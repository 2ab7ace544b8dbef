import t from 'tap';
import { startLocalSageMaker } from '../../src/local/start.ts';
import { peerMissing, runPeer } from '../peer.ts';
import { sandbox } from './sandbox.ts';

// boto3 speaks CBOR to CloudWatch, where the JavaScript SDK speaks JSON.
const script = `
import json, boto3, datetime
from botocore.exceptions import ClientError

cloudwatch = boto3.client("cloudwatch")
metric = dict(Namespace="own", MetricName="depth")
cloudwatch.put_metric_data(Namespace="own", MetricData=[dict(MetricName="depth", Values=[1.5, 4.5], Counts=[1, 3])])
cloudwatch.put_metric_alarm(AlarmName="deep", **metric, Statistic="Maximum", Period=60, EvaluationPeriods=1, Threshold=4,
                            ComparisonOperator="GreaterThanThreshold")
[alarm] = cloudwatch.describe_alarms(AlarmNames=["deep"])["MetricAlarms"]
now = datetime.datetime.now(datetime.timezone.utc)
points = cloudwatch.get_metric_statistics(**metric, StartTime=now - datetime.timedelta(hours=1), EndTime=now + datetime.timedelta(minutes=1),
                                          Period=60, Statistics=["Sum", "SampleCount"])["Datapoints"]
try:
    cloudwatch.set_alarm_state(AlarmName="shallow", StateValue="OK", StateReason="none")
except ClientError as error:
    refused = [type(error).__name__, error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]]
cloudwatch.delete_alarms(AlarmNames=["deep"])
print(json.dumps({
    "updated": abs((now - alarm["StateUpdatedTimestamp"]).total_seconds()) < 60,
    "threshold": alarm["Threshold"],
    "sum": sum(point["Sum"] for point in points),
    "count": sum(point["SampleCount"] for point in points),
    "time": abs((now - points[0]["Timestamp"]).total_seconds()) < 180,
    "refused": refused,
    "left": cloudwatch.describe_alarms()["MetricAlarms"],
}))`;

t.test('boto3’s CloudWatch client', { skip: peerMissing('boto3') }, async (t) => {
  const { url, close } = await startLocalSageMaker({ stateDir: await sandbox(t) });
  t.teardown(close);
  const answers = await runPeer(script, {
    AWS_ENDPOINT_URL: url,
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'any',
    AWS_SECRET_ACCESS_KEY: 'any',
  });
  t.match(answers, { updated: true, threshold: 4, sum: 15, count: 4, time: true, left: [] });
  t.same(answers.refused, ['ResourceNotFound', 'ResourceNotFound', 404]);
});
