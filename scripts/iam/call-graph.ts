// What code calls at AWS, by the compiler's own view of it: which declaration every name stands for.
import { join } from 'node:path';
import {
  isClassDeclaration,
  isFunctionDeclaration,
  isIdentifier,
  isMethodDeclaration,
  isPrivateIdentifier,
  isPropertyAccessExpression,
  isShorthandPropertyAssignment,
  type Node,
  type SourceFile,
  SyntaxKind,
} from 'typescript/unstable/ast';
import { API, type Symbol as Named, type NodeHandle, SymbolFlags } from 'typescript/unstable/sync';

/** An AWS operation that code calls, with the SDK client that has it: `client-sagemaker`, `CreateModel`. */
export type Called = `${string}:${string}`;

/** What a piece of code names: operations, and declarations of the gateway whose code is run then. */
interface Names {
  readonly called: readonly Called[];
  readonly next: readonly Node[];
}

const root = join(import.meta.dirname, '../..');

/** Declarations with code of their own. */
const withCode = new Set<SyntaxKind>([
  SyntaxKind.FunctionDeclaration,
  SyntaxKind.MethodDeclaration,
  SyntaxKind.VariableDeclaration,
  SyntaxKind.ClassDeclaration,
  SyntaxKind.PropertyDeclaration,
  SyntaxKind.GetAccessor,
]);

/** What an `Invoker` asks for without an SDK command: it signs its own requests. */
const invocations: Readonly<Record<string, Called>> = { invoke: 'client-sagemaker-runtime:InvokeEndpoint' };

/** Every node of a tree, the tree itself first. */
function* nodesOf(tree: Node): Generator<Node> {
  yield tree;
  for (const child of childrenOf(tree)) yield* nodesOf(child);
}

function childrenOf(node: Node): Node[] {
  const children: Node[] = [];
  node.forEachChild((child) => {
    children.push(child);
  });
  return children;
}

/** What runs when a declaration is used: of a class the making of one, since methods are named one by one. */
const codeOf = (declaration: Node): Node[] =>
  isClassDeclaration(declaration)
    ? childrenOf(declaration).filter((member) => !isMethodDeclaration(member))
    : [declaration];

/** The code of the gateway, as a graph of what names what. */
export class CallGraph {
  readonly #api = new API({ cwd: root });
  readonly #project;
  readonly #known = new Map<Node, Names>();
  /** Functions that make plans of work, by what the work's state is called. */
  readonly #plans = new Map<string, Node>();

  constructor() {
    const config = join(root, 'tsconfig.build.json');
    this.#project = this.#api.updateSnapshot({ openProject: config }).getProject(config);
    for (const file of this.files('src/admin')) {
      for (const statement of file.statements) {
        if (!isFunctionDeclaration(statement)) continue;
        const state = /^Plan<(\w+)>$/.exec(statement.type?.getText() ?? '')?.[1];
        if (state !== undefined) this.#plans.set(state, statement);
      }
    }
  }

  close(): void {
    this.#api.close();
  }

  get #program() {
    if (this.#project === undefined) throw new Error('The compiler has no project');
    return this.#project.program;
  }

  get #checker() {
    if (this.#project === undefined) throw new Error('The compiler has no project');
    return this.#project.checker;
  }

  /** A file of the repository, or those below a folder. */
  files(path: string): SourceFile[] {
    const whole = join(root, path);
    const names = this.#program.getSourceFileNames().filter((name) => name === whole || name.startsWith(`${whole}/`));
    return names.map((name) => this.#program.getSourceFile(name)).filter((file) => file !== undefined);
  }

  /** The declaration that a name stands for, if it is the gateway's. */
  declarationOf(name: Node): Node | undefined {
    return this.#symbolsOf([name])[0]?.valueDeclaration?.resolve();
  }

  /** The operations that code calls, itself or by what it uses. */
  calledBy(...code: readonly Node[]): Called[] {
    const seen = new Set<Node>(code);
    const called = new Set<Called>();
    for (const each of seen) {
      const names = this.#namesIn(each);
      for (const operation of names.called) called.add(operation);
      for (const next of names.next) seen.add(next);
    }
    return [...called].sort();
  }

  #namesIn(code: Node): Names {
    const known = this.#known.get(code);
    if (known !== undefined) return known;
    const nodes = codeOf(code).flatMap((part) => [...nodesOf(part)]);
    const identifiers = nodes.filter((node) => isIdentifier(node) || isPrivateIdentifier(node));
    const called: Called[] = [];
    const next: Node[] = [];
    for (const [at, symbol] of this.#symbolsOf(identifiers).entries()) {
      const identifier = identifiers[at];
      const declared = symbol?.valueDeclaration ?? symbol?.declarations[0];
      if (symbol === undefined || declared === undefined || identifier === undefined) continue;
      called.push(...operationsOf(symbol, declared));
      if (!isOurs(declared)) continue;
      if (withCode.has(declared.kind)) next.push(...this.#resolved(declared));
      next.push(...this.#carriedOn(identifier, symbol));
    }
    const names = { called, next };
    this.#known.set(code, names);
    return names;
  }

  #resolved(handle: NodeHandle): Node[] {
    const node = handle.resolve(this.#project);
    return node === undefined ? [] : [node];
  }

  /** The plan of the work that a reconciler is told to begin or to look at: it is carried on in the background. */
  #carriedOn({ parent }: Node, { name }: Named): Node[] {
    if ((name !== 'begin' && name !== 'look') || !isPropertyAccessExpression(parent)) return [];
    const type = this.#checker.getTypeAtLocation(parent.expression);
    const state = /^Reconciler<(\w+)>$/.exec(type === undefined ? '' : this.#checker.typeToString(type))?.[1];
    const plan = this.#plans.get(state ?? '');
    return plan === undefined ? [] : [plan];
  }

  #symbolsOf(names: readonly Node[]): (Named | undefined)[] {
    return this.#checker.getSymbolAtLocation(names).map((symbol, at) => {
      const parent = names[at]?.parent;
      const found =
        parent !== undefined && isShorthandPropertyAssignment(parent)
          ? this.#checker.getShorthandAssignmentValueSymbol(parent)
          : symbol;
      return found !== undefined && found.flags & SymbolFlags.Alias ? this.#checker.getAliasedSymbol(found) : found;
    });
  }
}

const isOurs = ({ path }: NodeHandle): boolean => path.startsWith(`${join(root, 'src')}/`);

function operationsOf({ name }: Named, { path, kind }: NodeHandle): Called[] {
  const client = /\/@aws-sdk\/(client-[\w-]+)\//.exec(path)?.[1];
  if (client !== undefined && /^[A-Z]\w+Command$/.test(name)) return [`${client}:${name.slice(0, -'Command'.length)}`];
  if (/\/@aws-sdk\/lib-storage\//.test(path) && name === 'Upload') return ['client-s3:CreateMultipartUpload'];
  const isSignature = kind === SyntaxKind.MethodSignature || kind === SyntaxKind.PropertySignature;
  const invocation = invocations[name];
  return isSignature && path.endsWith('/src/sagemaker/invoke.ts') && invocation !== undefined ? [invocation] : [];
}
