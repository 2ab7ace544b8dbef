import type { AsyncInferenceConfig, DataCaptureConfig } from '../api/sagemaker.ts';
import type { DeploymentPlan } from './endpoint.ts';
import type { ModelServer } from './model-server.ts';
import type { MultiModel } from './multi-model.ts';
import { Sessions } from './sessions.ts';
import type { VariantMeter } from './variant-meter.ts';

/** A variant that takes requests. */
export interface Variant {
  name: string;
  /** Share of the traffic, to that of the others; it may change while the variant serves. */
  weight: number;
  /** Told to the metrics; one process serves for all of them. */
  instances: number;
  server: ModelServer;
  /** Inference components answer, and it has no model of its own. */
  hostsComponents?: boolean;
  /** Set where one of many models answers; `server` then refuses. */
  multiModel?: MultiModel;
  meter: VariantMeter;
}

/** The variants of one endpoint configuration, loaded. Counts the requests under way, so that it can go without dropping one. */
export class Deployment {
  readonly variants: readonly Variant[];
  /** Set for an asynchronous endpoint, which takes requests by InvokeEndpointAsync only. */
  readonly asyncConfig: AsyncInferenceConfig | undefined;
  /** Variants that get copies of the requests. */
  readonly shadows: readonly Variant[];
  readonly captureConfig: DataCaptureConfig | undefined;
  readonly sessions = new Sessions<Variant>();
  #inFlight = 0;
  #idle: (() => void) | undefined;

  constructor(
    variants: Variant[],
    plan: Pick<DeploymentPlan, 'asyncConfig' | 'captureConfig'> = {},
    shadows: Variant[] = [],
  ) {
    this.variants = variants;
    this.shadows = shadows;
    this.asyncConfig = plan.asyncConfig;
    this.captureConfig = plan.captureConfig;
  }

  /** The variant of that name, or one at random by weight. */
  pick(target: string | undefined): Variant | undefined {
    if (target !== undefined) return this.variants.find(({ name }) => name === target);
    if (this.variants.length === 1) return this.variants[0];
    let ticket = Math.random() * this.variants.reduce((sum, { weight }) => sum + weight, 0);
    for (const variant of this.variants) {
      ticket -= variant.weight;
      if (ticket < 0) return variant;
    }
    return this.variants[0];
  }

  /** Takes weights and instances from a plan of the same variants. */
  adjust({ variants }: DeploymentPlan): void {
    for (const { name, summary } of variants) {
      const variant = this.variants.find((each) => each.name === name);
      if (!variant) continue;
      variant.weight = summary.CurrentWeight;
      variant.instances = summary.CurrentInstanceCount ?? 1;
    }
  }

  /** Counts one request as under way until the function that it returns is called. */
  hold(): () => void {
    this.#inFlight++;
    return () => {
      if (--this.#inFlight === 0) this.#idle?.();
    };
  }

  /** Lets the requests under way finish, then closes the model servers. */
  async retire(): Promise<void> {
    if (this.#inFlight > 0) {
      await new Promise<void>((resolve) => {
        this.#idle = resolve;
      });
    }
    await Promise.all([...this.variants, ...this.shadows].map(({ server }) => server.close()));
  }
}
