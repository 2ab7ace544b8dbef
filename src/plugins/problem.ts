import Type, { type Static } from 'typebox';
import { errorCodes } from '../errors.ts';

/** RFC 9457 problem details, the body of every error. */
export const Problem = Type.Object(
  {
    type: Type.String({ description: 'URN of the kind of problem.' }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    code: Type.Enum(errorCodes, { description: 'Stable; programs decide by it.' }),
    requestId: Type.String(),
    errors: Type.Optional(
      Type.Array(
        Type.Object({
          pointer: Type.String({
            description: 'JSON pointer into the body; `query/…`, `path/…` or `header/…` elsewhere.',
          }),
          detail: Type.String(),
        }),
        { description: 'Every wrong place of the request.' },
      ),
    ),
    upstream: Type.Optional(
      Type.Object(
        { status: Type.Integer(), message: Type.String() },
        { description: 'What the model’s own container answered.' },
      ),
    ),
    limit: Type.Optional(
      Type.String({ description: 'Name of the limit that is reached, as in the RateLimit header.' }),
    ),
  },
  { $id: 'Problem', description: 'Problem details (RFC 9457).' },
);
export type Problem = Static<typeof Problem>;

/** The error responses of a route by status, for its schema; 401, 403 and 431 are any route's that has problems at all. */
export const problems = (...statuses: readonly number[]) =>
  Object.fromEntries(
    [401, 403, 431, ...statuses].map((status) => [
      status,
      {
        description: descriptions[status] ?? 'The request failed.',
        content: { 'application/problem+json': { schema: { $ref: 'Problem#' } } },
      },
    ]),
  );

const descriptions: Readonly<Record<number, string>> = {
  400: 'The request is not valid; `errors` names every wrong place.',
  401: 'No key, or none that is known.',
  403: 'The client may not do this.',
  404: 'There is no such thing.',
  406: 'The answer cannot be given in a type of the Accept header.',
  409: 'The name is taken, or the state does not allow it.',
  412: 'The resource is not what If-Match names.',
  413: 'The body is over the limit.',
  415: 'The content type is not supported.',
  422: 'The Idempotency-Key belongs to another request.',
  429: 'A limit of the client is reached, which `limit` names, or AWS throttles; see Retry-After.',
  431: 'URL and headers are over the limit.',
  500: 'The gateway failed.',
  502: 'The model or AWS answered with an error.',
  503: 'Not ready or unavailable; see Retry-After.',
  504: 'No answer in time.',
};
