import type { Account } from '../account.ts';
import { logGroupArn } from '../arn.ts';
import { endpointLogGroup } from '../hosting/fleet.ts';
import type { ModelResponse } from '../hosting/model-server.ts';
import { AwsError } from '../wire/aws-error.ts';

/** The container answered 4xx or 5xx: 424, with its own status and words inside. */
export function modelError(account: Account, endpoint: string, { status, body }: ModelResponse): AwsError {
  const { region, accountId } = account;
  const text = body.toString();
  const group = endpointLogGroup(endpoint);
  const console = `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#logEventViewer:group=${group}`;
  const side = status < 500 ? 'client' : 'server';
  return new AwsError(
    'ModelError',
    `Received ${side} error (${status}) from primary with message "${text}". See ${console} in account ${accountId} for more information.`,
    424,
    {
      ErrorCode: status < 500 ? 'CLIENT_ERROR_FROM_MODEL' : 'INTERNAL_FAILURE_FROM_MODEL',
      OriginalStatusCode: status,
      OriginalMessage: text,
      LogStreamArn: logGroupArn(account, group),
    },
  );
}
