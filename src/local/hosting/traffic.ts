import type { AsyncInferenceConfig } from '../api/sagemaker.ts';
import type { Deployment, Variant } from './deployment.ts';

export interface Route {
  deployment: Deployment;
  variant: Variant;
}

/** What answers for one endpoint: a deployment, and during an update a second one with a share of the traffic. */
export class Traffic {
  #main: Deployment;
  #next: Deployment | undefined;
  #share = 0;

  constructor(main: Deployment) {
    this.#main = main;
  }

  get main(): Deployment {
    return this.#main;
  }

  /** All that take requests. */
  get deployments(): Deployment[] {
    return this.#next ? [this.#main, this.#next] : [this.#main];
  }

  /** Whether the endpoint is asynchronous does not change by halves: what has the larger share decides. */
  get asyncConfig(): AsyncInferenceConfig | undefined {
    return (this.#share > 0.5 ? this.#next : this.#main)?.asyncConfig;
  }

  /** Gives `next` a share of the traffic, 0 to 1. */
  shift(next: Deployment, share: number): void {
    this.#next = next;
    this.#share = share;
  }

  /** All traffic to `main`, and nothing beside it. */
  settle(main: Deployment): void {
    this.#main = main;
    this.#next = undefined;
    this.#share = 0;
  }

  /** The fleet by its share, in it the variant by its weight, or the named one of whichever fleet has it. */
  route(target: string | undefined): Route | undefined {
    const chosen = this.#next && Math.random() < this.#share ? this.#next : this.#main;
    const variant = chosen.pick(target);
    if (variant) return { deployment: chosen, variant };
    const other = chosen === this.#main ? this.#next : this.#main;
    const elsewhere = other?.pick(target);
    return other && elsewhere && { deployment: other, variant: elsewhere };
  }
}
