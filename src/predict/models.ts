import { LruMap } from 'toad-cache';
import type { Config } from '../config/schema.ts';
import { GatewayError } from '../errors.ts';
import type { DeployedModels } from './deployed-models.ts';
import type { CallableModel } from './model.ts';

/** A deployment is looked up again when it was not for this long, ms; what is known goes on being served meanwhile. */
const freshFor = 5_000;
/** That a name is unknown is believed this long, ms, so that a flood of wrong names does not become a flood at AWS. */
const unknownFor = 1_000;

interface Entry {
  readonly model: CallableModel | undefined;
  readonly since: number;
  refreshing: boolean;
}

/** Public name → model: those of the configuration, and the deployments that the admin routes of any replica made. */
export class Models {
  readonly #config: Config;
  readonly #deployed: DeployedModels;
  readonly #known = new LruMap<Entry>(1_000);

  constructor(config: Config, deployed: DeployedModels) {
    this.#config = config;
    this.#deployed = deployed;
  }

  /** Synchronous when the model is known, for the hot path. @throws GatewayError model_not_found, model_not_ready */
  find(name = this.#config.defaultModel): CallableModel | Promise<CallableModel> {
    if (name === undefined) {
      throw new GatewayError('model_not_found', 'No default model is configured; name one: /predict/{model}.');
    }
    const configured = this.#config.models[name];
    if (configured !== undefined) return { name, ...configured };

    const entry = this.#known.get(name);
    const age = entry === undefined ? Number.POSITIVE_INFINITY : Date.now() - entry.since;
    if (entry?.model === undefined) {
      if (age < unknownFor) throw unknownModel(name);
      return this.#load(name);
    }
    if (age > freshFor && !entry.refreshing) {
      entry.refreshing = true;
      // When the refresh fails the model known so far is as good as can be had; the next call tries again.
      this.#load(name).catch(() => {
        entry.refreshing = false;
      });
    }
    return entry.model;
  }

  async #load(name: string): Promise<CallableModel> {
    const model = await this.#deployed.find(name);
    this.#known.set(name, { model, since: Date.now(), refreshing: false });
    if (model === undefined) throw unknownModel(name);
    return model;
  }

  /** To be called when a deployment was made, changed or removed, or when its endpoint turned out to be gone. */
  forget(name: string): void {
    this.#known.delete(name);
  }

  /** All that can be called. */
  async list(): Promise<CallableModel[]> {
    const configured = Object.entries(this.#config.models).map(([name, settings]) => ({ name, ...settings }));
    const names = new Set(Object.keys(this.#config.models));
    const deployed = await this.#deployed.list();
    return [...configured, ...deployed.filter(({ name }) => !names.has(name))];
  }
}

const unknownModel = (name: string) => new GatewayError('model_not_found', `There is no model "${name}".`);
