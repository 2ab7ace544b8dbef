import type { FastifyBaseLogger } from 'fastify';
import type { Scope } from '../arn.ts';
import { Background } from '../background.ts';
import { epochSeconds } from '../clock.ts';
import type { Pace } from '../pace.ts';
import type { Registry } from '../registry/registry.ts';
import { findRegistryImage } from '../registry/repository.ts';
import type { Table } from '../store/table.ts';
import { type Image, type ImageVersion, parseBaseImage, versionKey } from './image.ts';

export interface ImageServices extends Scope {
  images: Table<Image>;
  imageVersions: Table<ImageVersion>;
  registry: Registry;
  pace: Pace;
  logger: FastifyBaseLogger;
}

/** Takes SageMaker images and their versions, a second after they were stored as CREATING, UPDATING or DELETING, to what follows. */
export class ImageTransitions {
  readonly #services: ImageServices;
  readonly #closing = new AbortController();
  readonly #work: Background;

  /** Goes on with what was under way when the process ended. */
  constructor(services: ImageServices) {
    this.#services = services;
    this.#work = new Background(services.logger);
    for (const image of services.images.values()) {
      if (image.ImageStatus !== 'CREATED') this.settleImage(image.ImageName);
    }
    for (const version of services.imageVersions.values()) {
      if (version.ImageVersionStatus.endsWith('ING')) this.settleVersion(versionKey(version));
    }
  }

  settleImage(name: string): void {
    this.#later(async () => {
      const { images, imageVersions } = this.#services;
      const key = name.toLowerCase();
      const image = images.get(key);
      if (image?.ImageStatus === 'DELETING') {
        const versions = [...imageVersions.values()].filter(({ ImageArn }) => ImageArn === image.ImageArn);
        await Promise.all(versions.map((version) => imageVersions.delete(versionKey(version))));
        await images.delete(key);
      } else if (image) await images.set(key, { ...image, ImageStatus: 'CREATED', LastModifiedTime: epochSeconds() });
    });
  }

  settleVersion(key: string): void {
    this.#later(async () => {
      const { imageVersions } = this.#services;
      const version = imageVersions.get(key);
      if (version?.ImageVersionStatus === 'DELETING') await imageVersions.delete(key);
      else if (version) {
        const outcome = await this.#pull(version.BaseImage);
        await imageVersions.set(key, { ...version, ...outcome, LastModifiedTime: epochSeconds() });
      }
    });
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#work.ended();
  }

  /** Registries of other accounts and regions cannot be asked: what is said to be there is. */
  async #pull(uri: string): Promise<Pick<ImageVersion, 'ImageVersionStatus' | 'ContainerImage' | 'FailureReason'>> {
    const { registry, region, accountId } = this.#services;
    const base = parseBaseImage(uri);
    if (base?.accountId !== accountId || base.region !== region) {
      return { ImageVersionStatus: 'CREATED', ContainerImage: uri };
    }
    try {
      const found = findRegistryImage(base, await registry.find(base, base.repository), base);
      const ContainerImage = `${uri.slice(0, uri.indexOf('/'))}/${base.repository}@${found.digest}`;
      return { ImageVersionStatus: 'CREATED', ContainerImage };
    } catch (error) {
      const FailureReason = `BaseImage ${uri}: ${(error as Error).message}`.slice(0, 1024);
      return { ImageVersionStatus: 'CREATE_FAILED', FailureReason };
    }
  }

  #later(work: () => Promise<void>): void {
    const { signal } = this.#closing;
    const waited = this.#services.pace.wait(1, signal).then(work);
    this.#work.add(
      waited.catch((error: unknown) => {
        if (!signal.aborted) throw error;
      }),
    );
  }
}
