import { AsyncLocalStorage } from 'node:async_hooks';

/** A call of an AWS operation that would have changed something. */
export interface PlannedCall {
  /** Name of the service as its SDK client has it: `SageMaker`, `S3`. */
  readonly service: string;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

const plans = new AsyncLocalStorage<PlannedCall[]>();

/** Runs work whose changes at AWS are written to `calls` and not made; what only reads goes on as ever. */
export const planning = <T>(calls: PlannedCall[], work: () => T): T => plans.run(calls, work);

export const isPlanning = (): boolean => plans.getStore() !== undefined;

/** Notes a call that does not go through an SDK client. @returns whether it must not be made */
export function plan(call: PlannedCall): boolean {
  const calls = plans.getStore();
  calls?.push(call);
  return calls !== undefined;
}

const reads = /^(Describe|List|Get|Head|Search)/;

/** What callers of operations that change something look at in the answer. */
const answer = { $metadata: { httpStatusCode: 200 }, ETag: '"dry-run"', UploadId: 'dry-run' };

/** Bodies are data, and may be large. */
function shown(input: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(input)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, name === 'Body' ? sizeOf(value) : value]),
  );
}

const sizeOf = (body: unknown): string =>
  typeof body === 'string' || body instanceof Uint8Array ? `${Buffer.byteLength(body)} bytes` : 'a stream';

// The part of the SDK's middleware that all clients have in common; their own types differ in inputs and outputs.
type Send = (args: { readonly input: object }) => Promise<unknown>;
interface Stack {
  add(
    middleware: (next: Send, context: { readonly clientName?: string; readonly commandName?: string }) => Send,
    options: { readonly step: 'initialize'; readonly name: string },
  ): void;
}

/** Lets `planning` hold back the calls of an SDK client. */
export function planCallsOf({ middlewareStack }: { readonly middlewareStack: unknown }): void {
  (middlewareStack as Stack).add(
    (next, { clientName = '', commandName = '' }) =>
      (args) => {
        const service = clientName.replace(/Client$/, '');
        const operation = commandName.replace(/Command$/, '');
        if (reads.test(operation) || !plan({ service, operation, input: shown(args.input) })) return next(args);
        return Promise.resolve({ output: answer, response: {} });
      },
    { step: 'initialize', name: 'dryRun' },
  );
}
