import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply } from 'fastify';
import Negotiator from 'negotiator';
import Type from 'typebox';
import { GatewayError } from '../../errors.ts';
import { problems } from '../../plugins/problem.ts';
import type { AdminContext } from '../context.ts';
import { PreferWait, startedOrFinished, waitedHeaders } from '../prefer.ts';
import { eventsRoute, listRoute, type Noun, pathTo } from '../resource-routes.ts';
import { ref } from '../resource-schema.ts';
import { contentSecurityPolicy, evaluationPage } from './page/page.ts';
import { planEvaluation } from './plan.ts';
import { getReport, listReports } from './reports.ts';
import { EvaluationRunner } from './runner.ts';
import { Evaluation, EvaluationId, EvaluationPage, EvaluationQuery, NewEvaluation } from './schema.ts';

const params = Type.Object({ id: EvaluationId });
const tags = ['evaluations'];
const noun: Noun = {
  path: '/evaluations',
  operation: 'Evaluation',
  one: 'an evaluation',
  many: 'evaluations',
  tags,
  params,
};

const report = {
  'application/json': { schema: ref(Evaluation) },
  'text/html': { schema: Type.String() },
};

type ReportType = keyof typeof report;

/** The form of the report that the client likes best. @throws GatewayError not_acceptable */
function reportType(accept: string | undefined): ReportType {
  const negotiator = new Negotiator({ headers: { accept } });
  const type = negotiator.mediaType(Object.keys(report)) as ReportType | undefined;
  if (type !== undefined) return type;
  throw new GatewayError('not_acceptable', 'A report comes as application/json or as text/html.');
}

function sendReport(reply: FastifyReply, evaluation: Evaluation, type: ReportType): FastifyReply {
  reply.header('vary', 'accept');
  if (type === 'application/json') return reply.send(evaluation);
  return reply
    .type('text/html; charset=utf-8')
    .header('content-security-policy', contentSecurityPolicy)
    .send(evaluationPage(evaluation));
}

const routes: FastifyPluginAsyncTypebox<AdminContext> = async (app, context) => {
  const { workspace, closing } = context;
  const runner = new EvaluationRunner(context, app.log);
  app.addHook('onClose', () => runner.settled());

  app.post(
    '/evaluations',
    {
      schema: {
        operationId: 'createEvaluation',
        tags,
        summary: 'Evaluate a deployment',
        description:
          'Sends the rows of a data set through a deployed model, or through two to compare them, and measures how well the scores tell the label. Runs in the background; `Prefer: wait=N` waits for the report, at most 60 seconds.',
        headers: PreferWait,
        body: ref(NewEvaluation),
        response: {
          201: {
            description: 'The report is finished.',
            headers: waitedHeaders,
            content: report,
          },
          202: { description: 'The evaluation is started.', headers: waitedHeaders, content: report },
          ...problems(400, 404, 406, 409, 413, 415, 429, 500, 502, 503),
        },
      },
    },
    async (request, reply) => {
      const type = reportType(request.headers.accept);
      const plan = await planEvaluation(context, request.body);
      const { report: now, finished } = await runner.begin(plan, request.body);
      reply.header('location', pathTo(noun, now.id));
      return sendReport(reply, await startedOrFinished(request, reply, { now, finished }), type);
    },
  );

  listRoute(app, noun, {
    query: EvaluationQuery,
    page: EvaluationPage,
    description: 'Without their curves. Of an evaluation the name is that of its deployment.',
    list: (query: EvaluationQuery) => listReports(workspace, query),
  });
  eventsRoute(app, noun, {
    get: (id) => getReport(workspace, id),
    isFinal: ({ status }) => status !== 'InProgress',
    closing,
  });

  app.get(
    '/evaluations/:id',
    {
      schema: {
        operationId: 'getEvaluation',
        tags,
        summary: 'Show an evaluation',
        description:
          'With `Accept: text/html` a page of plots: confusion matrix, ROC and precision-recall curve, calibration, residuals, slices, comparison.',
        params,
        response: {
          200: { description: 'The report.', content: report },
          ...problems(400, 404, 406, 429, 500, 502, 503),
        },
      },
    },
    async (request, reply) => {
      const type = reportType(request.headers.accept);
      return sendReport(reply, await getReport(workspace, request.params.id), type);
    },
  );
};
export default routes;
