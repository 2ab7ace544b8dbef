import { isDeepStrictEqual } from 'node:util';
import { LruMap } from 'toad-cache';
import type { Config } from '../config/schema.ts';
import { GatewayError } from '../errors.ts';
import type { Send } from './call.ts';
import type { DeployedModels } from './deployed-models.ts';
import type { CallableModel } from './model.ts';

/** A deployment is looked up again when it was not for this long, ms; what is known goes on being served meanwhile. */
const freshFor = 5_000;
/** That a name is unknown is believed this long, ms, so that a flood of wrong names does not become a flood at AWS. */
const unknownFor = 1_000;

/** A model and the way to it, with whatever waits and is kept on that way. */
export interface ServedModel {
  readonly model: CallableModel;
  readonly send: Send;
}

interface Entry {
  readonly served: ServedModel | undefined;
  readonly since: number;
  refreshing: boolean;
}

type ModelsConfig = Pick<Config, 'models' | 'defaultModel'>;

/** Public name → model: those of the configuration, and the deployments that the admin routes of any replica made. */
export class Models {
  readonly #deployed: DeployedModels;
  readonly #pipelineOf: (model: CallableModel) => Send;
  readonly #known = new LruMap<Entry>(1_000);
  #configured = new Map<string, ServedModel>();
  #default: string | undefined;

  constructor(config: ModelsConfig, deployed: DeployedModels, pipelineOf: (model: CallableModel) => Send) {
    this.#deployed = deployed;
    this.#pipelineOf = pipelineOf;
    this.configure(config);
  }

  /** Takes the models of a configuration in place of those of the last; one that did not change keeps its queue and its cache. */
  configure({ models, defaultModel }: ModelsConfig): void {
    this.#configured = new Map(
      Object.entries(models).map(([name, settings]) => [
        name,
        this.#serve({ name, ...settings }, this.#configured.get(name)),
      ]),
    );
    this.#default = defaultModel;
  }

  #serve(model: CallableModel, before: ServedModel | undefined): ServedModel {
    return before && isDeepStrictEqual(before.model, model) ? before : { model, send: this.#pipelineOf(model) };
  }

  /** Synchronous when the model is known, for the hot path. @throws GatewayError model_not_found, model_not_ready */
  find(name = this.#default): ServedModel | Promise<ServedModel> {
    if (name === undefined) {
      throw new GatewayError('model_not_found', 'No default model is configured; name one: /predict/{model}.');
    }
    const configured = this.#configured.get(name);
    if (configured !== undefined) return configured;

    const entry = this.#known.get(name);
    const age = entry === undefined ? Number.POSITIVE_INFINITY : Date.now() - entry.since;
    if (entry?.served === undefined) {
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
    return entry.served;
  }

  async #load(name: string): Promise<ServedModel> {
    const model = await this.#deployed.find(name);
    const served = model && this.#serve(model, this.#known.get(name)?.served);
    this.#known.set(name, { served, since: Date.now(), refreshing: false });
    if (served === undefined) throw unknownModel(name);
    return served;
  }

  /** To be called when a deployment was made, changed or removed, or when its endpoint turned out to be gone. */
  forget(name: string): void {
    this.#known.delete(name);
  }

  /** All that can be called. */
  async list(): Promise<CallableModel[]> {
    const configured = [...this.#configured.values()].map(({ model }) => model);
    const deployed = await this.#deployed.list();
    return [...configured, ...deployed.filter(({ name }) => !this.#configured.has(name))];
  }
}

const unknownModel = (name: string) => new GatewayError('model_not_found', `There is no model "${name}".`);
