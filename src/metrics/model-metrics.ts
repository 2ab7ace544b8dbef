import type { Registry } from 'prom-client';
import type { ErrorCode } from '../errors.ts';
import type { ModelAnswer } from '../predict/call.ts';
import type { BreakerState, Load, PipelineEvents } from '../predict/events.ts';
import { durations, sizes } from './buckets.ts';
import { CellHistogram, type HistogramCell } from './cell-histogram.ts';
import { type Cell, cellCounter, type Reading, readGauge } from './cells.ts';
import { within } from './series.ts';

type CacheResult = NonNullable<ModelAnswer['cache']>['status'];

/** What a model can take at once. */
export interface Capacity {
  readonly maxInFlight: number;
  readonly maxQueue: number;
}

interface Watched extends PipelineEvents {
  readonly load: Load;
  capacity: Capacity;
  readonly breakers: ReadonlyMap<string, () => BreakerState>;
}

/** Models beyond these have no series of their own; the registry of the gateway keeps no more either. */
const most = 1_000;
const idle: Load = { inFlight: 0, queued: 0 };
const numberOf: Readonly<Record<BreakerState, number>> = { closed: 0, 'half-open': 1, open: 2 };

/** What is counted of the pipelines of all models. */
export class ModelMetrics {
  readonly #watched = new Map<string, Watched>();
  readonly #watch: (model: string, capacity: Capacity) => Watched;

  constructor(registry: Registry) {
    this.#watch = pipelineMetrics(registry);
    const registers = [registry];
    this.#gauge(
      registers,
      'gateway_model_calls_in_flight',
      'Calls to SageMaker that are out',
      ({ load }) => load.inFlight,
    );
    this.#gauge(registers, 'gateway_model_queued', 'Requests that wait for a place', ({ load }) => load.queued);
    this.#gauge(
      registers,
      'gateway_model_calls_limit',
      'Calls to SageMaker that may be out at once',
      ({ capacity }) => capacity.maxInFlight,
    );
    this.#gauge(
      registers,
      'gateway_model_queue_limit',
      'Requests that may wait; the next is refused',
      ({ capacity }) => capacity.maxQueue,
    );
    readGauge(
      {
        name: 'gateway_breaker_state',
        help: 'Circuit breaker of an endpoint: 0 closed, 1 half open (the next request tries it), 2 open',
        labelNames: ['model', 'endpoint'],
        registers,
      },
      () => this.#breakers(),
    );
  }

  /** Whether a model of this name was found, in the configuration or among the deployments. */
  isModel(name: string): boolean {
    return this.#watched.has(name);
  }

  /** For a new pipeline of the model; what an earlier one of its name counted goes on. */
  eventsOf(name: string, capacity: Capacity): PipelineEvents {
    const model = this.#watched.has(name) || this.#watched.size < most ? name : 'other';
    const watched = within(this.#watched, model, () => this.#watch(model, capacity));
    watched.capacity = capacity;
    return watched;
  }

  #gauge(registers: Registry[], name: string, help: string, read: (watched: Watched) => number): void {
    readGauge({ name, help, labelNames: ['model'], registers }, () => this.#readings(read));
  }

  *#readings(read: (watched: Watched) => number): Generator<Reading<'model'>> {
    for (const [model, watched] of this.#watched) yield { labels: { model }, value: read(watched) };
  }

  *#breakers(): Generator<Reading<'model' | 'endpoint'>> {
    for (const [model, { breakers }] of this.#watched) {
      for (const [endpoint, state] of breakers) yield { labels: { model, endpoint }, value: numberOf[state()] };
    }
  }
}

function pipelineMetrics(registry: Registry): (model: string, capacity: Capacity) => Watched {
  const registers = [registry];
  const cacheResults = cellCounter({
    name: 'gateway_cache_results_total',
    help: 'Answers by what the cache had to do with them: hit, miss, shared (one call for several that asked the same), bypass',
    labelNames: ['model', 'result'],
    registers,
  });
  const failures = cellCounter({
    name: 'gateway_model_errors_total',
    help: 'Requests to a model that failed, by the code of their answer; "overloaded" are those that the queue had no place for',
    labelNames: ['model', 'code'],
    registers,
  });
  const upstreamErrors = cellCounter({
    name: 'gateway_upstream_errors_total',
    help: 'Calls to SageMaker that failed, each try for itself, by the code that it means',
    labelNames: ['model', 'code'],
    registers,
  });
  const retries = cellCounter({
    name: 'gateway_retries_total',
    help: 'Calls to SageMaker that were tried again',
    labelNames: ['model'],
    registers,
  });
  const upstreamDuration = new CellHistogram({
    name: 'gateway_sagemaker_duration_seconds',
    help: 'What SageMaker took for a call, each try for itself, also for one that failed',
    labelNames: ['model', 'endpoint'],
    buckets: durations,
    registers,
  });
  const batchRequests = new CellHistogram({
    name: 'gateway_batch_requests',
    help: 'Requests that travelled together in a call',
    labelNames: ['model'],
    buckets: sizes,
    registers,
  });
  const batchRows = new CellHistogram({
    name: 'gateway_batch_rows',
    help: 'Rows that travelled together in a call',
    labelNames: ['model'],
    buckets: sizes,
    registers,
  });

  return (model, capacity) => {
    const byResult = new Map<CacheResult, Cell>();
    const byCode = new Map<ErrorCode, Cell>();
    const byUpstreamCode = new Map<ErrorCode, Cell>();
    const byEndpoint = new Map<string, HistogramCell>();
    const breakers = new Map<string, () => BreakerState>();
    const retried = retries({ model });
    let batches: { readonly requests: HistogramCell; readonly rows: HistogramCell } | undefined;
    let read = () => idle;

    return {
      capacity,
      breakers,
      get load() {
        return read();
      },
      loadBy(reader) {
        read = reader;
      },
      breakerBy(endpoint, state) {
        breakers.set(endpoint, state);
      },
      answered({ cache }) {
        if (cache) within(byResult, cache.status, () => cacheResults({ model, result: cache.status })).value += 1;
      },
      failed(code) {
        within(byCode, code, () => failures({ model, code })).value += 1;
      },
      batched(requests, rows) {
        batches ??= { requests: batchRequests.cell({ model }), rows: batchRows.cell({ model }) };
        batches.requests.observe(requests);
        batches.rows.observe(rows);
      },
      retried() {
        retried.value += 1;
      },
      upstream(endpoint, ms, code) {
        within(byEndpoint, endpoint, () => upstreamDuration.cell({ model, endpoint })).observe(ms / 1_000);
        if (code !== undefined) within(byUpstreamCode, code, () => upstreamErrors({ model, code })).value += 1;
      },
    };
  };
}
