type Handler<Args, Result> = (args: Args) => Promise<Result>;

/**
 * Middleware of the SDK's step `build`, so before the signature, that adds W3C Trace Context to a request; no command has a field for it.
 * @param headers of which only `traceparent` and `tracestate` are taken
 */
export const traceContext =
  ({ traceparent, tracestate }: Readonly<Record<string, string>>) =>
  <Args extends { request: unknown }, Result>(next: Handler<Args, Result>): Handler<Args, Result> =>
  async (args) => {
    const { headers } = args.request as { headers: Record<string, string> };
    if (traceparent !== undefined) headers.traceparent = traceparent;
    if (tracestate !== undefined) headers.tracestate = tracestate;
    return next(args);
  };
