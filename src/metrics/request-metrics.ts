import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Registry } from 'prom-client';
import { durations, ownDurations } from './buckets.ts';
import { CellHistogram, type HistogramCell } from './cell-histogram.ts';
import { type Cell, cellCounter, type MakeCell, readGauge } from './cells.ts';
import { within } from './series.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** It is counted among the open ones. */
    isOpen: boolean;
  }
}

const requestLabels = ['method', 'route', 'model', 'status'] as const;
type RequestLabel = (typeof requestLabels)[number];

/** The series of a route, a model and a status, and within them those of the clients. */
interface Series {
  readonly labels: Record<RequestLabel, string>;
  readonly duration: HistogramCell;
  readonly own: HistogramCell;
  readonly clients: Map<string, Cell>;
}

/** Names that may become labels: those of the configuration and of deployments, never what a caller chose. */
export interface KnownNames {
  isModel(name: string): boolean;
  isClient(name: string): boolean;
}

const namesModel = (request: FastifyRequest): boolean => {
  const params = request.params as { model?: string; endpoint?: string } | undefined;
  return params?.model !== undefined || params?.endpoint !== undefined;
};

/** What is counted of each request when its answer is out. */
export class RequestMetrics {
  readonly #names: KnownNames;
  readonly #countOf: MakeCell<RequestLabel | 'client'>;
  readonly #duration: CellHistogram<RequestLabel>;
  readonly #own: CellHistogram<'route' | 'model'>;
  readonly #ownCells = new Map<string, HistogramCell>();
  /** By route (one object for all its requests), method, model and status. */
  readonly #series = new Map<object, Map<string, Map<string, Map<number, Series>>>>();
  #open = 0;

  constructor(registry: Registry, names: KnownNames) {
    const registers = [registry];
    this.#names = names;
    this.#countOf = cellCounter({
      name: 'gateway_requests_total',
      help: 'Requests answered. client: one that the configuration names, else "other" or "none"; model: "unknown" where there is none of that name',
      labelNames: [...requestLabels, 'client'],
      registers,
    });
    this.#duration = new CellHistogram({
      name: 'gateway_request_duration_seconds',
      help: 'Time from the request line to the end of the answer',
      labelNames: requestLabels,
      buckets: durations,
      registers,
    });
    this.#own = new CellHistogram({
      name: 'gateway_own_duration_seconds',
      help: 'What of a prediction’s time the gateway itself took, waiting for a place included: all but SageMaker',
      labelNames: ['route', 'model'],
      buckets: ownDurations,
      registers,
    });
    readGauge(
      { name: 'gateway_requests_open', help: 'Requests whose answer is not out yet, streams too', registers },
      () => [{ labels: {}, value: this.#open }],
    );
  }

  began(request: FastifyRequest): void {
    request.isOpen = true;
    this.#open += 1;
  }

  ended(request: FastifyRequest, reply: FastifyReply): void {
    // What an earlier hook answered, such as a preflight, never began here.
    if (request.isOpen) this.#open -= 1;
    const series = this.#seriesOf(request, reply.statusCode);
    const client = this.#clientOf(request);
    const count = series.clients.get(client) ?? this.#newCount(series, client);
    count.value += 1;
    const { elapsedTime } = reply;
    series.duration.observe(elapsedTime / 1_000);
    const { sagemakerMs } = request;
    if (sagemakerMs !== undefined) series.own.observe(Math.max(elapsedTime - sagemakerMs, 0) / 1_000);
  }

  #clientOf({ client }: FastifyRequest): string {
    if (client === undefined) return 'none';
    return this.#names.isClient(client.name) ? client.name : 'other';
  }

  #modelOf(request: FastifyRequest): string {
    if (request.model !== undefined && this.#names.isModel(request.model)) return request.model;
    return request.model !== undefined || namesModel(request) ? 'unknown' : 'none';
  }

  #newCount({ clients, labels }: Series, client: string): Cell {
    return within(clients, client, () => this.#countOf({ ...labels, client }));
  }

  #seriesOf(request: FastifyRequest, status: number): Series {
    const model = this.#modelOf(request);
    const found = this.#series.get(request.route)?.get(request.method)?.get(model)?.get(status);
    return found ?? this.#newSeries(request, model, status);
  }

  #newSeries(request: FastifyRequest, model: string, status: number): Series {
    const { url: route = 'unknown' } = request.route;
    const labels = { method: request.method, route, model, status: String(status) };
    const ofRoute = within(this.#series, request.route, () => new Map<string, Map<string, Map<number, Series>>>());
    const ofMethod = within(ofRoute, request.method, () => new Map<string, Map<number, Series>>());
    const ofModel = within(ofMethod, model, () => new Map<number, Series>());
    return within(ofModel, status, () => ({
      labels,
      duration: this.#duration.cell(labels),
      own: within(this.#ownCells, `${route} ${model}`, () => this.#own.cell({ route, model })),
      clients: new Map<string, Cell>(),
    }));
  }
}
