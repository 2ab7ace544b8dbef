import type { Scope } from '../arn.ts';
import { epochSeconds } from '../clock.ts';
import type { ContainerRuntime } from '../containers/container-runtime.ts';
import type { Table } from '../store/table.ts';
import { localRepositories } from './local-images.ts';
import { noSuchRepository, type Repository } from './repository.ts';

/** The account's ECR: what was pushed, and beside it the images that this machine runs. */
export class Registry {
  readonly #stored: Table<Repository>;
  readonly #containers: ContainerRuntime;
  /** Name patterns of programs that stand in for images. */
  readonly #bound: readonly string[];
  readonly #startedAt = epochSeconds();

  constructor(stored: Table<Repository>, containers: ContainerRuntime, bound: readonly string[]) {
    this.#stored = stored;
    this.#containers = containers;
    this.#bound = bound;
  }

  /** By name. What was pushed under a name stands before what this machine has of it. */
  async all(): Promise<Repository[]> {
    const local = localRepositories(this.#bound, await this.#containers.images(), this.#startedAt);
    const byName = new Map([...local, ...this.#stored.values()].map((repository) => [repository.name, repository]));
    return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** @throws AwsError RepositoryNotFoundException */
  async find(scope: Scope, name: string): Promise<Repository> {
    const repository = this.#stored.get(name) ?? (await this.all()).find((each) => each.name === name);
    if (repository === undefined) throw noSuchRepository(scope, name);
    return repository;
  }

  /** One that can be changed: those of this machine are not. */
  stored(name: string): Repository | undefined {
    return this.#stored.get(name);
  }

  store(repository: Repository): Promise<void> {
    return this.#stored.set(repository.name, repository);
  }

  async remove(name: string): Promise<void> {
    await this.#stored.delete(name);
  }
}
