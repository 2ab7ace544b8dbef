import type { FastifyBodyParser, FastifyError, FastifyInstance, FastifyRequest } from 'fastify';
import { GatewayError } from '../errors.ts';
import type { CallerBody } from './input.ts';
import { essenceOf, rowTypes } from './media-type.ts';
import type { PredictBody } from './schemas.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The bytes of a JSON body: a model that takes JSON of its own gets these, with every digit as it was. */
    jsonBytes: Buffer | null;
  }
}

/** Header values that SageMaker takes. */
const printable = /^[\x20-\x7e]{1,1024}$/;

/** Takes bodies of every type on the routes registered after it: JSON is parsed, all else stays bytes. */
export function parseBodiesOfAnyType(app: FastifyInstance): void {
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.decorateRequest('jsonBytes', null);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, bytes: Buffer, done) => {
    request.jsonBytes = bytes;
    parseJson(request, bytes.toString(), done);
  });
  const asItIs: FastifyBodyParser<Buffer> = (_request, bytes, done) => done(null, bytes);
  // Fastify finds a type that is registered at once, and parses all others anew each time.
  app.addContentTypeParser([...rowTypes], { parseAs: 'buffer' }, asItIs);
  app.addContentTypeParser('*', { parseAs: 'buffer' }, asItIs);
}

/** That a body has no form, or two, in words of its own; beside another fault it says nothing. */
function rejection(fault: Error & Pick<FastifyError, 'validation'>): Error {
  const forms = fault.validation?.find(
    ({ instancePath, keyword }) => instancePath === '' && (keyword === 'minProperties' || keyword === 'maxProperties'),
  );
  if (forms === undefined) return fault;
  const others = fault.validation?.filter((one) => one !== forms);
  if (others?.length) return Object.assign(fault, { validation: others });
  const names = '`data`, `instances` and `columns`';
  const detail = forms.keyword === 'minProperties' ? `one of ${names} is needed` : `only one of ${names} can be given`;
  return new GatewayError('validation_failed', `In the body ${detail}.`, { errors: [{ pointer: '', detail }] });
}

/** What a request of these routes holds. A body that is none of the gateway's JSON forms may be one of the model's own. */
export function callerBody(request: FastifyRequest): CallerBody {
  const { 'content-type': contentType = '' } = request.headers;
  const { validationError } = request;
  if (validationError && validationError.validationContext !== 'body') throw validationError;
  if (!printable.test(contentType)) {
    throw new GatewayError(
      'unsupported_media_type',
      contentType === '' ? 'The type of the body is not given.' : 'The type of the body is no media type.',
    );
  }
  if (essenceOf(contentType) !== 'application/json') {
    return { contentType, bytes: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0) };
  }
  return {
    contentType,
    bytes: request.jsonBytes ?? Buffer.alloc(0),
    json: { value: request.body as PredictBody, fault: validationError && rejection(validationError) },
  };
}
