import type { Variant } from '../hosting/deployment.ts';
import type { ModelStream } from '../hosting/model-server.ts';

/** What an answer in real time says beside its body. */
export function answerHeaders(
  { name }: Variant,
  { customAttributes, newSessionId, closedSessionId }: Omit<ModelStream, 'body'>,
): Record<string, string> {
  return {
    'x-amzn-invoked-production-variant': name,
    ...(customAttributes !== undefined && { 'x-amzn-sagemaker-custom-attributes': customAttributes }),
    ...(newSessionId !== undefined && { 'x-amzn-sagemaker-new-session-id': newSessionId }),
    ...(closedSessionId !== undefined && { 'x-amzn-sagemaker-closed-session-id': closedSessionId }),
  };
}
