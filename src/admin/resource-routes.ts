import type { FastifyInstance, FastifyReply } from 'fastify';
import type { TObject, TSchema } from 'typebox';
import { problems } from '../plugins/problem.ts';
import { eventStream, type Progress, sendProgress } from './events.ts';
import type { ListQuery, Page } from './paging.ts';
import { located, ref } from './resource-schema.ts';

/** How the routes of a resource are called, and what their documents say. */
export interface Noun {
  /** Below /admin: `/training-jobs`. */
  readonly path: string;
  /** In the names of operations: `TrainingJob`. */
  readonly operation: string;
  /** In sentences: `a training job`, `training jobs`. */
  readonly one: string;
  readonly many: string;
  readonly tags: readonly string[];
  /** Of one of them: `name`, or `id`. */
  readonly params: TObject;
}

const parameterOf = ({ params }: Noun): string => Object.keys(params.properties)[0] ?? 'name';
const pathOfOne = (noun: Noun): string => `${noun.path}/:${parameterOf(noun)}`;
const idIn = (noun: Noun, params: unknown): string => (params as Record<string, string>)[parameterOf(noun)] ?? '';

/** Answers that something is on its way, and where. */
export const accepted = <Body>(reply: FastifyReply, path: string, body: Body): FastifyReply =>
  reply.code(202).header('location', path).send(body);

export const pathTo = ({ path }: Noun, id: string): string => `/admin${path}/${id}`;

interface List<Query, Item> {
  readonly query: TObject;
  readonly page: TSchema;
  readonly description?: string;
  list(query: Query): Promise<Page<Item>>;
}

/** GET of all of them, page by page. */
export function listRoute<Query extends ListQuery, Item>(app: FastifyInstance, noun: Noun, given: List<Query, Item>) {
  const { query, page, description, list } = given;
  const schema = {
    operationId: `list${noun.operation}s`,
    tags: noun.tags,
    summary: `List the ${noun.many}`,
    ...(description === undefined ? {} : { description }),
    querystring: query,
    response: { 200: ref(page, `A page of ${noun.many}.`), ...problems(400, 429, 500, 502, 503) },
  };
  app.get(noun.path, { schema }, (request) => list(request.query as Query));
}

/** A list of what belongs to one of them: GET of its path, and `/versions` or the like. */
export function partsRoute<Query extends ListQuery, Item>(
  app: FastifyInstance,
  noun: Noun,
  given: Omit<List<Query, Item>, 'list'> & {
    readonly part: string;
    readonly operationId: string;
    readonly summary: string;
    list(id: string, query: Query): Promise<Page<Item>>;
  },
) {
  const { part, query, page, list, operationId, summary } = given;
  const schema = {
    ...{ operationId, tags: noun.tags, summary, params: noun.params, querystring: query },
    response: { 200: ref(page, 'A page of them.'), ...problems(400, 404, 429, 500, 502, 503) },
  };
  app.get(`${pathOfOne(noun)}/${part}`, { schema }, (request) =>
    list(idIn(noun, request.params), request.query as Query),
  );
}

/** GET of one. */
export function getRoute<Item>(
  app: FastifyInstance,
  noun: Noun,
  { item, get }: { readonly item: TSchema; get(id: string): Promise<Item> },
) {
  const schema = {
    operationId: `get${noun.operation}`,
    ...{ tags: noun.tags, summary: `Show ${noun.one}`, params: noun.params },
    response: { 200: ref(item, `${noun.one.replace(/^an?/, 'The')}.`), ...problems(400, 404, 429, 500, 502, 503) },
  };
  app.get(pathOfOne(noun), { schema }, (request) => get(idIn(noun, request.params)));
}

/** POST that stops one. */
export function stopRoute<Item>(
  app: FastifyInstance,
  noun: Noun,
  {
    item,
    description,
    stop,
  }: { readonly item: TSchema; readonly description?: string; stop(id: string): Promise<Item> },
) {
  const schema = {
    operationId: `stop${noun.operation}`,
    ...{ tags: noun.tags, summary: `Stop ${noun.one}`, params: noun.params },
    ...(description === undefined ? {} : { description }),
    response: { 202: located(ref(item), 'It is being stopped.'), ...problems(400, 404, 409, 429, 500, 502, 503) },
  };
  app.post(`${pathOfOne(noun)}/stop`, { schema }, async (request, reply) => {
    const id = idIn(noun, request.params);
    return accepted(reply, pathTo(noun, id), await stop(id));
  });
}

/** GET of one as server-sent events, until it changes no more. */
export function eventsRoute<Item>(
  app: FastifyInstance,
  noun: Noun,
  {
    description,
    get,
    isFinal,
    closing,
  }: { readonly description?: string; get(id: string): Promise<Item> } & Omit<Progress<Item>, 'poll'>,
) {
  const schema = {
    operationId: `watch${noun.operation}`,
    ...{ tags: noun.tags, summary: `Watch ${noun.one}`, params: noun.params },
    ...(description === undefined ? {} : { description }),
    response: { 200: eventStream, ...problems(400, 404, 429, 500, 502, 503) },
  };
  app.get(`${pathOfOne(noun)}/events`, { schema }, (request, reply) =>
    sendProgress(reply, { poll: () => get(idIn(noun, request.params)), isFinal, closing }),
  );
}
