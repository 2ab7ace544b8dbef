import type { MetricStore, Series } from '../cloudwatch/metric-store.ts';

/** One invocation as its metrics see it: the model's status, what it took, and what all took, ms. */
export interface Invocation {
  status: number;
  modelMs: number;
  totalMs: number;
}

/** Counts the invocations of a variant as SageMaker does in CloudWatch, in namespace AWS/SageMaker. */
export class VariantMeter {
  readonly #metrics: MetricStore;
  readonly #series: Record<string, Series>;
  readonly #share: string;

  /** @param share name of the metric of the calls to each instance, or to each copy */
  constructor(metrics: MetricStore, dimensions: Record<string, string>, share = 'InvocationsPerInstance') {
    this.#metrics = metrics;
    this.#share = share;
    const series = (name: string, unit = 'None') =>
      metrics.series({ namespace: 'AWS/SageMaker', name, dimensions }, unit);
    this.#series = {
      Invocations: series('Invocations'),
      [share]: series(share),
      Invocation4XXErrors: series('Invocation4XXErrors'),
      Invocation5XXErrors: series('Invocation5XXErrors'),
      InvocationModelErrors: series('InvocationModelErrors'),
      ModelLatency: series('ModelLatency', 'Microseconds'),
      OverheadLatency: series('OverheadLatency', 'Microseconds'),
    };
  }

  /** That nobody called is a value too, without which an idle one would never be scaled in. */
  idle(): void {
    const series = this.#series[this.#share];
    if (series) this.#metrics.add(series, 0);
  }

  /** `instances` are those that share the variant's calls. */
  count({ status, modelMs, totalMs }: Invocation, instances: number): void {
    const values: Record<string, number> = {
      Invocations: 1,
      [this.#share]: 1 / Math.max(1, instances),
      Invocation4XXErrors: Number(status >= 400 && status < 500),
      // 0: no answer at all.
      Invocation5XXErrors: Number(status >= 500 || status === 0),
      InvocationModelErrors: Number(status >= 400 || status === 0),
      ModelLatency: modelMs * 1000,
      OverheadLatency: Math.max(0, totalMs - modelMs) * 1000,
    };
    const now = Date.now();
    for (const [name, value] of Object.entries(values)) {
      const series = this.#series[name];
      if (series) this.#metrics.add(series, value, now);
    }
  }
}
