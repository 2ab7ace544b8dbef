import type { Account } from '../account.ts';
import { logGroupArn } from '../arn.ts';
import { endpointLogGroup } from '../hosting/fleet.ts';
import type { ModelResponse } from '../hosting/model-server.ts';
import { AwsError } from '../wire/aws-error.ts';

/** Whether the container failed: it refused, or did not answer in time. */
export const isFailure = ({ status }: Pick<ModelResponse, 'status'>) => status >= 400 || status === 0;

/** The container answered 4xx or 5xx: 424, with its own status and words inside. */
export function modelError(account: Account, endpoint: string, { status, body }: ModelResponse): AwsError {
  const { region, accountId } = account;
  const text = body.toString();
  const group = endpointLogGroup(endpoint);
  const console = `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#logEventViewer:group=${group}`;
  // 0: no answer at all.
  const byClient = status >= 400 && status < 500;
  const side = byClient ? 'client' : 'server';
  return new AwsError(
    'ModelError',
    `Received ${side} error (${status}) from primary with message "${text}". See ${console} in account ${accountId} for more information.`,
    424,
    {
      ErrorCode: byClient ? 'CLIENT_ERROR_FROM_MODEL' : 'INTERNAL_FAILURE_FROM_MODEL',
      OriginalStatusCode: status,
      OriginalMessage: text,
      LogStreamArn: logGroupArn(account, group),
    },
  );
}
