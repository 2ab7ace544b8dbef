import type { FastifyBaseLogger } from 'fastify';
import type { Registry } from 'prom-client';

/**
 * What an interval was like for one model, in CloudWatch's embedded metric format: a line of the log from which CloudWatch Logs makes metrics.
 * Written here and not by aws-embedded-metrics, which asks the metadata services of EC2 and ECS where it runs and writes past the logger.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export interface EmbeddedMetrics {
  readonly _aws: {
    readonly Timestamp: number;
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[];
    }[];
  };
  readonly [name: string]: unknown;
}

/** A counter or histogram as prom-client gives it. */
interface Series {
  readonly labels: Readonly<Partial<Record<string, string | number>>>;
  readonly value: number;
  readonly metricName?: string;
}

const units = {
  Requests: 'Count',
  ClientErrors: 'Count',
  ServerErrors: 'Count',
  Throttled: 'Count',
  Latency: 'Milliseconds',
  GatewayLatency: 'Milliseconds',
  InFlight: 'Count',
  Queued: 'Count',
} as const;

/** CloudWatch takes no more values of a metric in a line. */
const mostValues = 100;

type Values = Partial<Record<keyof typeof units, number | number[]>>;

/** Bucket by bucket what came since the last time, upper bounds in s. */
type Distribution = Map<number, number>;

/**
 * Values that are spread as the observations were: CloudWatch's percentiles are right to the width of a bucket. Their number is no count of
 * requests where there were more than a line can hold.
 */
export function sampleOf(distribution: Distribution): number[] {
  const buckets = [...distribution].filter(([, count]) => count > 0).sort(([a], [b]) => a - b);
  const total = buckets.reduce((sum, [, count]) => sum + count, 0);
  const wanted = Math.min(total, mostValues);
  const values: number[] = [];
  let before = 0;
  for (const [bound, count] of buckets) {
    before += count;
    while (values.length < Math.round((before / total) * wanted)) values.push(bound * 1_000);
  }
  return values;
}

/** Reads a registry from time to time and tells what happened between. */
export class EmbeddedReporter {
  readonly #registry: Registry;
  readonly #namespace: string;
  readonly #last = new Map<string, number>();

  constructor(registry: Registry, namespace: string) {
    this.#registry = registry;
    this.#namespace = namespace;
  }

  /** One line for each model that had requests. */
  async read(now = Date.now()): Promise<EmbeddedMetrics[]> {
    const byModel = new Map<string, Values>();
    const of = (model: string): Values => {
      const values = byModel.get(model) ?? {};
      byModel.set(model, values);
      return values;
    };
    for (const { labels, value } of await this.#growth('gateway_requests_total')) {
      if (labels.model === 'none') continue;
      const values = of(String(labels.model));
      const status = String(labels.status);
      add(values, 'Requests', value);
      if (status === '429') add(values, 'Throttled', value);
      else if (status.startsWith('4')) add(values, 'ClientErrors', value);
      if (status.startsWith('5')) add(values, 'ServerErrors', value);
    }
    for (const [name, source] of [
      ['Latency', 'gateway_request_duration_seconds'],
      ['GatewayLatency', 'gateway_own_duration_seconds'],
    ] as const) {
      for (const [model, distribution] of await this.#distributions(source)) {
        const sample = sampleOf(distribution);
        if (model !== 'none' && sample.length > 0) of(model)[name] = sample;
      }
    }
    for (const [name, source] of [
      ['InFlight', 'gateway_model_calls_in_flight'],
      ['Queued', 'gateway_model_queued'],
    ] as const) {
      for (const { labels, value } of await this.#seriesOf(source)) of(String(labels.model))[name] = value;
    }
    return [...byModel].map(([model, values]) => this.#line(model, values, now));
  }

  #line(Model: string, values: Values, Timestamp: number): EmbeddedMetrics {
    const Metrics = (Object.keys(values) as (keyof Values)[]).map((Name) => ({ Name, Unit: units[Name] }));
    const CloudWatchMetrics = [{ Namespace: this.#namespace, Dimensions: [['Model']], Metrics }];
    return { _aws: { Timestamp, CloudWatchMetrics }, Model, ...values };
  }

  async #seriesOf(name: string): Promise<readonly Series[]> {
    return (await this.#registry.getSingleMetric(name)?.get())?.values ?? [];
  }

  /** What came to each series since the last time. */
  async #growth(name: string): Promise<Series[]> {
    return (await this.#seriesOf(name)).map((series) => {
      const key = `${series.metricName ?? name} ${JSON.stringify(series.labels)}`;
      const growth = series.value - (this.#last.get(key) ?? 0);
      this.#last.set(key, series.value);
      return { ...series, value: growth };
    });
  }

  async #distributions(name: string): Promise<Map<string, Distribution>> {
    const byModel = new Map<string, Distribution>();
    // Buckets count all that is below them; the last bound of each series is that of no bound.
    let below = 0;
    let bound = 0;
    for (const { labels, value, metricName } of await this.#growth(name)) {
      if (metricName !== `${name}_bucket`) {
        below = 0;
        continue;
      }
      // Above every bound nothing more is known.
      if (labels.le !== '+Inf') bound = Number(labels.le);
      const distribution = byModel.get(String(labels.model)) ?? new Map<number, number>();
      byModel.set(String(labels.model), distribution);
      distribution.set(bound, (distribution.get(bound) ?? 0) + value - below);
      below = value;
    }
    return byModel;
  }
}

function add(values: Values, name: 'Requests' | 'ClientErrors' | 'ServerErrors' | 'Throttled', value: number): void {
  values[name] = Number(values[name] ?? 0) + value;
}

/** Writes the lines. @returns how to end, with what is left */
export function reportEmbedded(
  registry: Registry,
  { namespace, intervalMs }: { readonly namespace: string; readonly intervalMs: number },
  logger: FastifyBaseLogger,
): () => Promise<void> {
  const reporter = new EmbeddedReporter(registry, namespace);
  // Whatever the log is to show else, CloudWatch needs these.
  const log = logger.child({}, { level: 'info' });
  const write = async () => {
    for (const line of await reporter.read()) log.info(line, 'metrics');
  };
  const timer = setInterval(write, intervalMs).unref();
  return async () => {
    clearInterval(timer);
    await write();
  };
}
