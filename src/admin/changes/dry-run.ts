import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { GatewayError } from '../../errors.ts';
import { type PlannedCall, plan, planning } from '../../sagemaker/dry-run.ts';
import type { Invoker } from '../../sagemaker/invoke.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** What a dry run would have changed at AWS so far; undefined for a request that means it. */
    plannedCalls: PlannedCall[] | undefined;
  }
}

export const DryRun = Type.Object(
  {
    dryRun: Type.Boolean({ description: 'Always true: nothing was changed.' }),
    calls: Type.Array(
      Type.Object({
        service: Type.String({ examples: ['SageMaker'] }),
        operation: Type.String({ examples: ['CreateModel'] }),
        input: Type.Record(Type.String(), Type.Unknown(), { description: 'As AWS takes it; of bodies the size.' }),
      }),
      { description: 'The calls of AWS that would be made at once, in order. What is carried on later is not in it.' },
    ),
  },
  { $id: 'DryRun' },
);
export type DryRun = Static<typeof DryRun>;

export const dryRunType = 'application/vnd.sagemaker-gateway.dry-run+json';

export const isDryRun = (query: unknown): boolean => (query as { dryRun?: unknown } | undefined)?.dryRun === true;

/** `?dryRun=true`: the route's own code runs, reads what it reads, and what it would change is answered and not made. */
export function planChanges(app: FastifyInstance): void {
  app.decorateRequest('plannedCalls', undefined);
  app.addHook('preHandler', (request, _reply, done) => {
    if (!isDryRun(request.query)) return done();
    const calls: PlannedCall[] = [];
    request.plannedCalls = calls;
    planning(calls, done);
  });
  app.addHook('onSend', async ({ plannedCalls: calls }, reply, payload) => {
    if (calls === undefined) return payload;
    // What was not made cannot be found afterwards; every other refusal is the one that the change itself would meet.
    const refused = reply.statusCode >= 400 && !(reply.statusCode === 404 && calls.length > 0);
    if (refused) return payload;
    const answer: DryRun = { dryRun: true, calls: [...calls] };
    reply.removeHeader('location').removeHeader('content-length');
    reply.code(200).header('content-type', dryRunType);
    return JSON.stringify(answer);
  });
}

/** An invoker that a dry run does not make calls with. */
export const plannedInvoker = (invoker: Invoker): Invoker => ({
  ...invoker,
  invoke(invocation, traced) {
    const { endpoint: EndpointName, contentType: ContentType } = invocation;
    const call = { service: 'SageMakerRuntime', operation: 'InvokeEndpoint', input: { EndpointName, ContentType } };
    if (!plan(call)) return invoker.invoke(invocation, traced);
    return Promise.reject(new GatewayError('not_found', 'A dry run asks no model.'));
  },
});
