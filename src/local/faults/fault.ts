import { Ajv } from 'ajv';
import Type, { type Static } from 'typebox';
import { validationException } from '../wire/aws-error.ts';

/**
 * Faults on demand, for tests of clients: what AWS does now and then, done when asked.
 *
 * For one call, a header on any runtime operation: `x-local-sagemaker-fault: throttle`, or with settings as JSON, of one fault or a list:
 * `x-local-sagemaker-fault: {"kind": "model-error", "status": 400, "message": "bad row"}`.
 *
 * For all calls of an endpoint, whoever makes them and until it is taken back, also over a restart:
 * `PUT /_local/endpoints/{name}/faults` with the same JSON, `GET` shows what is set, `DELETE` ends it.
 *
 * | kind | what the client sees | settings |
 * |---|---|---|
 * | delay | the model takes longer | ms |
 * | model-error | 424 ModelError; asynchronously, a failure object | status (500), message |
 * | throttle | 400 ThrottlingException | message |
 * | throttle-null | 400 `{"message": null}`, without a type | |
 * | not-ready | 429 ModelNotReadyException | message |
 * | unavailable | 503 ServiceUnavailable | message |
 * | dependency | 530 InternalDependencyException | message |
 * | internal | 500 InternalFailure | message |
 * | reset | the connection ends before the first byte | |
 * | reset-midway | the connection ends within the body | afterBytes (1) |
 * | stream-break | a response stream ends with an exception event | afterBytes (1), errorCode (StreamBroken), message |
 *
 * Every kind takes `probability` (1), the share of calls that it strikes, and `count`, after how many strikes it is used up. `afterBytes` is
 * the least that the client gets before. errorCode: StreamBroken, ModelInvocationTimeExceeded, or InternalStreamFailure for that exception.
 */
export const Fault = Type.Object({
  kind: Type.Enum([
    'delay',
    'model-error',
    'throttle',
    'throttle-null',
    'not-ready',
    'unavailable',
    'dependency',
    'internal',
    'reset',
    'reset-midway',
    'stream-break',
  ]),
  ms: Type.Optional(Type.Number({ minimum: 0 })),
  status: Type.Optional(Type.Integer({ minimum: 400, maximum: 599 })),
  message: Type.Optional(Type.String()),
  afterBytes: Type.Optional(Type.Integer({ minimum: 1 })),
  errorCode: Type.Optional(Type.Enum(['StreamBroken', 'ModelInvocationTimeExceeded', 'InternalStreamFailure'])),
  probability: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
  count: Type.Optional(Type.Integer({ minimum: 1 })),
});
export type Fault = Static<typeof Fault>;

const ajv = new Ajv({ allErrors: true });
const isFaults = ajv.compile<Fault[]>(Type.Array(Fault));

function check(asked: unknown): Fault[] {
  if (isFaults(asked)) return asked;
  throw validationException(ajv.errorsText(isFaults.errors, { dataVar: 'faults' }));
}

/** The faults that a text asks for: the name of a kind, or JSON. @throws AwsError ValidationException */
export function parseFaults(text: string): Fault[] {
  if (/^[a-z-]+$/.test(text)) return check([{ kind: text }]);
  let asked: unknown;
  try {
    asked = JSON.parse(text);
  } catch {
    throw validationException('A fault is the name of a kind, or JSON.');
  }
  return check(Array.isArray(asked) ? asked : [asked]);
}
