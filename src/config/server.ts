import Type, { type Static } from 'typebox';

const closed = { additionalProperties: false };
const milliseconds = (env: string, fallback: number, description: string) =>
  Type.Integer({ env, default: fallback, minimum: 100, maximum: 86_400_000, description });

/** What a connection may cost. */
export const Server = Type.Object(
  {
    maxConnections: Type.Integer({
      env: 'MAX_CONNECTIONS',
      default: 10_000,
      minimum: 1,
      description: 'Connections at the same time; one more is closed at once.',
    }),
    maxHeaderBytes: Type.Integer({
      env: 'MAX_HEADER_BYTES',
      default: 16_384,
      minimum: 1_024,
      maximum: 1_048_576,
      description: 'Longest URL and headers together; longer is 431.',
    }),
    headersTimeoutMs: milliseconds(
      'HEADERS_TIMEOUT_MS',
      15_000,
      'Time for a request’s headers to arrive, ms; then 408.',
    ),
    requestTimeoutMs: milliseconds(
      'REQUEST_TIMEOUT_MS',
      300_000,
      'Time for a request to arrive whole, ms; then 408. To be raised where data sets of many GB are uploaded.',
    ),
    keepAliveMs: milliseconds(
      'KEEP_ALIVE_MS',
      75_000,
      'How long an idle connection is kept, ms. Longer than the load balancer does (an ALB: 60 s), or that one meets closed connections.',
    ),
    cors: Type.Optional(
      Type.Object(
        {
          origins: Type.Array(Type.String({ pattern: '^(\\*|https?://[^/]+)$' }), {
            minItems: 1,
            description: 'Web pages that may call: `https://app.example.com`, or `*` for all.',
          }),
          maxAgeSeconds: Type.Integer({ default: 600, minimum: 0, maximum: 86_400 }),
        },
        { ...closed, description: 'Without it no page of another origin may call.' },
      ),
    ),
    tls: Type.Optional(
      Type.Object(
        {
          certFile: Type.String({ description: 'Certificate and its chain, PEM; read again when it changes.' }),
          keyFile: Type.String({ description: 'Its private key, PEM.' }),
          clientCaFile: Type.Optional(
            Type.String({
              description: 'CA of clients’ certificates (mutual TLS): their common names are in `clients`.',
            }),
          ),
        },
        { ...closed, description: 'Without it the gateway speaks plain HTTP, for a load balancer before it.' },
      ),
    ),
  },
  { ...closed, default: {} },
);
export type Server = Static<typeof Server>;
