export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** W3C Trace Context, and what else hands it on, for the calls of a request. */
export type TraceHeaders = Readonly<Record<string, string>>;

/** A part of the work on a request, with its time. */
export interface Span {
  readonly headers: TraceHeaders;
  /** Once. @param error why it failed */
  end(attributes?: Attributes, error?: unknown): void;
}

/** A request's trace as the stages on its way see it; no stage needs to know of OpenTelemetry. */
export interface Trace {
  readonly headers: TraceHeaders;
  /** Begins a part of the work; `client` when another service does it. Undefined where the trace is not recorded. */
  begin(name: string, attributes?: Attributes, kind?: 'client'): Span | undefined;
  /** One for work that is done for several requests at once: its spans belong to this request and name the others. */
  joined(others: readonly Trace[]): Trace;
}

/** The trace of a request from its arrival. */
export interface RequestTrace extends Trace {
  /** For lines of the log, by the names that OpenTelemetry gives them there. */
  readonly ids: { readonly trace_id: string; readonly span_id: string; readonly trace_flags: string };
  /** False: nobody will see what is said of it. */
  readonly recorded: boolean;
  end(name: string, attributes: Attributes, error: unknown): void;
}

/** Begins a trace or goes on with the caller's. Undefined: the request is in none. */
export type Tracer = (headers: Readonly<Record<string, string | string[] | undefined>>) => RequestTrace | undefined;

/** Does a part of the work within a span, where the trace is recorded. */
export function within<T>(trace: Trace | undefined, name: string, work: () => T): T {
  const span = trace?.begin(name);
  try {
    const done = work();
    span?.end();
    return done;
  } catch (error) {
    span?.end(undefined, error);
    throw error;
  }
}

/** Begins a call to the SageMaker runtime, by the semantic conventions for AWS's SDKs. */
export const beginInvocation = (trace: Trace | undefined, operation: string, endpoint: string): Span | undefined =>
  trace?.begin(
    `SageMaker Runtime.${operation}`,
    {
      'rpc.system.name': 'aws-api',
      'rpc.method': `SageMakerRuntime/${operation}`,
      'aws.sagemaker.endpoint.name': endpoint,
    },
    'client',
  );
