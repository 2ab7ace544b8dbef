import type { MetricDefinition } from '../api/sagemaker.ts';
import { epochSeconds } from '../clock.ts';
import { isXgboostImage } from './images.ts';
import type { MetricData, TrainingJob } from './training-job.ts';

/** Follows a job's log and keeps the last value of every metric that its regular expressions find, as FinalMetricDataList does. */
export class MetricWatch {
  readonly #rules: { name: string; regex: RegExp }[];
  readonly #last = new Map<string, MetricData>();

  constructor(definitions: readonly MetricDefinition[]) {
    this.#rules = definitions.flatMap(({ Name, Regex }) => {
      try {
        return [{ name: Name, regex: new RegExp(Regex) }];
      } catch {
        // Written for Python; one that means nothing here finds nothing, as one that never matches.
        return [];
      }
    });
  }

  /** @returns what the line says */
  read(line: string): MetricData[] {
    const found = this.#rules.flatMap(({ name, regex }) => {
      const value = Number.parseFloat(regex.exec(line)?.[1] ?? '');
      return Number.isNaN(value) ? [] : [{ MetricName: name, Value: value, Timestamp: epochSeconds() }];
    });
    for (const metric of found) this.#last.set(metric.MetricName, metric);
    return found;
  }

  values(): MetricData[] {
    return [...this.#last.values()];
  }
}

/** A log line as CloudWatch shows it: control characters as # and three octal digits, so that a tab is #011. Metrics are read from this form. */
export const cloudWatchLine = (line: string) =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
  line.replace(/[\x00-\x1f]/g, (char) => `#${char.charCodeAt(0).toString(8).padStart(3, '0')}`);

const xgboostMetrics =
  'accuracy auc aucpr balanced_accuracy cox-nloglik error f1 f1_binary f1_macro logloss mae map mape merror mlogloss mphe mse ndcg poisson-nloglik precision r2 recall rmse rmsle'.split(
    ' ',
  );

/** What the built-in algorithm measures without being told: `train:<metric>` and `validation:<metric>`. */
const xgboostDefinitions: MetricDefinition[] = ['train', 'validation'].flatMap((channel) =>
  xgboostMetrics.map((metric) => ({
    Name: `${channel}:${metric}`,
    Regex: `.*\\[[0-9]+\\].*#011${channel}-${metric}:([-+]?[0-9]*\\.?[0-9]+(?:[eE][-+]?[0-9]+)?).*`,
  })),
);

export function metricDefinitions(specification: TrainingJob['AlgorithmSpecification']): readonly MetricDefinition[] {
  const { TrainingImage = '', MetricDefinitions } = specification ?? {};
  if (MetricDefinitions?.length) return MetricDefinitions;
  return isXgboostImage(TrainingImage) ? xgboostDefinitions : [];
}
