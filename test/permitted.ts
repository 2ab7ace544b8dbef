import { AsyncLocalStorage } from 'node:async_hooks';
import type { RequestListener } from 'node:http';
import type { Called } from '../scripts/iam/call-graph.ts';
import { actionsOf } from '../scripts/iam/policies.ts';
import type { App } from '../src/app.ts';
import { awsActions } from '../src/plugins/aws-actions.ts';
import type { Aws } from '../src/sagemaker/aws.ts';

interface Permitted {
  readonly operation: string;
  readonly actions: ReadonlySet<string>;
}

/** What the headers of changes add, and the look at a resource that If-Match means. */
const ofHeaders = ['s3:CreateBucket', 's3:DeleteObject', 's3:GetObject', 's3:ListBucket', 's3:PutObject'];

interface Route {
  readonly method: string;
  readonly path: RegExp;
  readonly operation: string;
}

type Paths = Record<string, Record<string, { readonly operationId?: string }>>;

const routesOf = (app: App): Route[] =>
  Object.entries((app.swagger() as { paths: Paths }).paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId: operation = '' }]) => ({
      method: method.toUpperCase(),
      path: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`),
      operation,
    })),
  );

const clientNames = {
  sagemaker: 'client-sagemaker',
  s3: 'client-s3',
  logs: 'client-cloudwatch-logs',
  cloudwatch: 'client-cloudwatch',
  scaling: 'client-application-auto-scaling',
  ecr: 'client-ecr',
} as const;

/**
 * Holds every request of a gateway, and the work that it begins, to what its operation is said to need of AWS: the rest is refused as IAM
 * would do it. @returns what was refused
 */
export function permitOnly(app: App, aws: Aws): readonly string[] {
  const refused: string[] = [];
  const routes = routesOf(app);
  const permitted = new AsyncLocalStorage<Permitted>();

  function actionsFor(request: Parameters<RequestListener>[0]): Permitted | undefined {
    const [path = ''] = (request.url ?? '').split('?');
    const at = (method: string, where: string) =>
      routes.find((route) => route.method === method && route.path.test(where))?.operation ?? '';
    const operation = at(request.method ?? '', path);
    const actions = awsActions[operation];
    if (actions === undefined) return undefined;
    const { 'idempotency-key': key, 'if-match': mark } = request.headers;
    const [resource = ''] = /^\/admin\/[^/]+\/[^/]+/.exec(path) ?? [];
    const shown = mark === undefined ? [] : (awsActions[at('GET', resource)] ?? []);
    const besides = key === undefined && mark === undefined ? [] : ofHeaders;
    return { operation, actions: new Set([...actions, ...besides, ...shown]) };
  }

  const listeners = app.server.listeners('request') as RequestListener[];
  app.server.removeAllListeners('request');
  app.server.on('request', (request, response) => {
    const run = () => {
      for (const listener of listeners) listener(request, response);
    };
    const given = actionsFor(request);
    if (given === undefined) run();
    else permitted.run(given, run);
  });

  for (const [name, client] of Object.entries(clientNames)) {
    // The part of the SDK's middleware that all clients have in common.
    const { middlewareStack } = aws[name as keyof typeof clientNames] as Aws['s3'];
    middlewareStack.add(
      (next, { commandName = '' }) =>
        (args) => {
          const given = permitted.getStore();
          const called: Called = `${client}:${commandName.replace(/Command$/, '')}`;
          const missing = given === undefined ? [] : actionsOf(called).filter((action) => !given.actions.has(action));
          if (given === undefined || missing.length === 0) return next(args);
          refused.push(`${missing.join(', ')} of ${called} for ${given.operation}`);
          throw Object.assign(new Error(`${given.operation} is not authorized to perform: ${missing.join(', ')}`), {
            name: 'AccessDeniedException',
            $metadata: { httpStatusCode: 403 },
          });
        },
      { step: 'finalizeRequest', name: 'permitOnly' },
    );
  }
  return refused;
}
