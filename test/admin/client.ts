/** The admin routes as a client sees them. */
export interface Answer<Body> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

export interface ProblemBody {
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
}

export interface AdminClient {
  get<Body>(path: string, headers?: Record<string, string>): Promise<Answer<Body>>;
  post<Body>(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer<Body>>;
  put<Body>(path: string, body: unknown): Promise<Answer<Body>>;
  patch<Body>(path: string, body: unknown): Promise<Answer<Body>>;
  remove<Body>(path: string): Promise<Answer<Body>>;
  upload<Body>(query: string, rows: string | Uint8Array | ReadableStream, type?: string): Promise<Answer<Body>>;
  /** The events of a resource up to the end of the stream. */
  events<Body>(path: string): Promise<{ event: string; data: Body }[]>;
}

export function adminClient(url: string): AdminClient {
  async function send<Body>(path: string, init: RequestInit): Promise<Answer<Body>> {
    const response = await fetch(`${url}/admin/${path}`, init);
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
  }
  const sending =
    (method: string) =>
    <Body>(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer<Body>> =>
      send(path, {
        method,
        ...(body === undefined ? { headers } : { headers: { 'content-type': 'application/json', ...headers } }),
        body: body === undefined ? null : JSON.stringify(body),
      });
  return {
    get: (path, headers = {}) => send(path, { headers }),
    post: sending('POST'),
    put: sending('PUT'),
    patch: sending('PATCH'),
    remove: (path) => send(path, { method: 'DELETE' }),
    upload: (query, rows, type = 'text/csv') =>
      send(`datasets?${query}`, { method: 'POST', headers: { 'content-type': type }, body: rows, duplex: 'half' }),
    async events(path) {
      const response = await fetch(`${url}/admin/${path}/events`);
      return (await response.text())
        .split('\n\n')
        .filter((frame) => frame.startsWith('event: '))
        .map((frame) => {
          const [event = '', data = ''] = frame.split('\n');
          return { event: event.slice('event: '.length), data: JSON.parse(data.slice('data: '.length)) };
        });
    },
  };
}

/** Rows with a rule in them: whoever is neither young nor called too often has bought. */
export function customers(rows: number, { header = true, from = 0 } = {}): string {
  const lines = Array.from({ length: rows }, (_, i) => {
    const age = 20 + ((i + from) % 50);
    const calls = 1 + ((i + from) % 5);
    return `${age > 35 && calls < 4 ? 1 : 0},${age},${calls}`;
  });
  return `${(header ? ['bought,age,calls', ...lines] : lines).join('\n')}\n`;
}
