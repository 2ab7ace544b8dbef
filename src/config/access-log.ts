import Type, { type Static } from 'typebox';

export const AccessLogField = Type.Enum([
  'client',
  'address',
  'method',
  'route',
  'model',
  'status',
  'bytesIn',
  'bytesOut',
  'durationMs',
  'gatewayMs',
  'sagemakerMs',
  'sagemakerRequestId',
  'userAgent',
]);
export type AccessLogField = Static<typeof AccessLogField>;

export const accessLogSettings = {
  accessLog: Type.Boolean({
    env: 'ACCESS_LOG',
    default: true,
    description: 'A line of JSON for each request, at level `info`. Without it only requests that failed have one.',
  }),
  accessLogFields: Type.Array(AccessLogField, {
    default: AccessLogField.enum.filter((field) => field !== 'userAgent'),
    uniqueItems: true,
    description: 'What such a line says beside its time, request id and the code of a failure.',
  }),
};
