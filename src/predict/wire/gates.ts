import type { Trace } from '../../tracing/trace.ts';
import { type AdmissionLimits, admitting } from '../admission.ts';

interface Job {
  /** On the clock of performance.now(), ms. */
  readonly deadline: number;
  readonly work: () => Promise<void>;
  readonly trace?: Trace | undefined;
}

/** Admission by endpoint. Callers choose the names, so a gate is kept only as long as somebody is at it. */
export class Gates {
  readonly #limits: AdmissionLimits;
  readonly #gates = new Map<string, { readonly admit: (job: Job) => Promise<void>; users: number }>();

  constructor(limits: AdmissionLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#gates.size;
  }

  /** @throws GatewayError when the job was not admitted, or not in time */
  async run(endpoint: string, job: Job): Promise<void> {
    const gate = this.#gates.get(endpoint) ?? { admit: admitting(this.#limits, ({ work }: Job) => work()), users: 0 };
    this.#gates.set(endpoint, gate);
    gate.users += 1;
    try {
      await gate.admit(job);
    } finally {
      gate.users -= 1;
      if (gate.users === 0) this.#gates.delete(endpoint);
    }
  }
}
