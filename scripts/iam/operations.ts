// The routes of the control plane and what each calls at AWS.
import {
  isCallExpression,
  isIdentifier,
  isPropertyAccessExpression,
  isPropertyAssignment,
  isStringLiteral,
  type Node,
} from 'typescript/unstable/ast';
import type { Called, CallGraph } from './call-graph.ts';

/** How resource-routes.ts names the operations that it makes of a noun. */
const named: Readonly<Record<string, (noun: string) => string>> = {
  listRoute: (noun) => `list${noun}s`,
  getRoute: (noun) => `get${noun}`,
  stopRoute: (noun) => `stop${noun}`,
  eventsRoute: (noun) => `watch${noun}`,
};

const methods = new Set(['get', 'put', 'post', 'patch', 'delete', 'route']);

function find<Found>(tree: Node, look: (node: Node) => Found | undefined): Found | undefined {
  return look(tree) ?? tree.forEachChild((child) => find(child, look));
}

/** The text of a property somewhere in code: `operationId: 'listModels'`. */
const textOf = (tree: Node, property: string): string | undefined =>
  find(tree, (node) =>
    isPropertyAssignment(node) && node.name.getText() === property && isStringLiteral(node.initializer)
      ? node.initializer.text
      : undefined,
  );

/** Calls that register a route, by its operationId. */
function routesIn(graph: CallGraph, tree: Node, found: Map<string, Node>): Map<string, Node> {
  tree.forEachChild((node) => {
    const id = isCallExpression(node) ? operationId(graph, node) : undefined;
    if (id === undefined) routesIn(graph, node, found);
    else found.set(id, node);
  });
  return found;
}

function operationId(graph: CallGraph, call: Node): string | undefined {
  if (!isCallExpression(call)) return undefined;
  const { expression, arguments: given } = call;
  if (isPropertyAccessExpression(expression) && methods.has(expression.name.text)) return textOf(call, 'operationId');
  if (!isIdentifier(expression) || !expression.text.endsWith('Route')) return undefined;
  const own = textOf(call, 'operationId');
  const [, noun] = given;
  if (own !== undefined || noun === undefined) return own;
  const declared = graph.declarationOf(noun);
  return declared && named[expression.text]?.(textOf(declared, 'operation') ?? '');
}

/** What each operation under /admin calls at AWS, at once and by the work that it begins, by operationId. */
export function calledByOperation(graph: CallGraph): Map<string, Called[]> {
  const routes = graph
    .files('src/admin')
    .reduce((found, file) => routesIn(graph, file, found), new Map<string, Node>());
  return new Map([...routes].map(([id, node]) => [id, graph.calledBy(node)]));
}
