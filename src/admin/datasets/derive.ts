import { GatewayError } from '../../errors.ts';
import type { Background } from '../background.ts';
import type { AdminContext } from '../context.ts';
import { ingest } from './ingest.ts';
import type { InspectedRows } from './made-rows.ts';
import type { Dataset } from './schema.ts';
import { writeDataset } from './store.ts';

/** A data set on its way: what it is now, and what it comes to. */
export interface Started {
  readonly dataset: Dataset;
  /** Complete or failed. Never rejects. */
  readonly finished: Promise<Dataset>;
}

/** A version that is to be made in the background, of rows that go into its inspector. */
export interface Work {
  readonly dataset: Dataset;
  readonly inspector: InspectedRows;
  readonly lies?: 'here' | 'elsewhere';
}

/** Makes data sets in the background of this replica; their records in S3 are what every replica shows. */
export class DatasetMaker {
  readonly #context: AdminContext;
  readonly #background: Background;

  constructor(context: AdminContext, background: Background) {
    this.#context = context;
    this.#background = background;
  }

  /** @param feed brings the rows; when it fails, or the gateway closes, so do the data sets */
  async start(works: readonly Work[], feed: (signal: AbortSignal) => Promise<void>): Promise<Started[]> {
    const { workspace, closing } = this.#context;
    await Promise.all(works.map(({ dataset }) => writeDataset(workspace, dataset)));
    const failing = new AbortController();
    const fail = (error: unknown) => {
      failing.abort(error);
      for (const { inspector } of works) inspector.destroy(error as Error);
    };
    const onClosing = () => fail(new GatewayError('upstream_unavailable', 'The gateway was stopped meanwhile.'));
    if (closing.aborted) onClosing();
    closing.addEventListener('abort', onClosing, { once: true });

    const started = works.map((work) => ({
      dataset: work.dataset,
      finished: this.#background.run(this.#make(work, fail)),
    }));
    const fed = this.#background.run(feed(failing.signal).catch(fail));
    void this.#background.run(
      Promise.all([fed, ...started.map(({ finished }) => finished)]).then(() =>
        closing.removeEventListener('abort', onClosing),
      ),
    );
    return started;
  }

  async #make({ dataset, inspector, lies }: Work, fail: (error: unknown) => void): Promise<Dataset> {
    const { workspace, log } = this.#context;
    // Whoever reads the stream hears of it too; without a listener of its own it would end the process when that comes late.
    inspector.once('error', () => {});
    try {
      return await ingest(this.#context, dataset, inspector, lies);
    } catch (error) {
      // The other parts of a split are worth nothing without this one.
      fail(error);
      const failed: Dataset = { ...dataset, status: 'Failed', failureReason: this.#reason(error) };
      await writeDataset(workspace, failed).catch((err: unknown) => log.error({ err }, 'a failure could not be kept'));
      return failed;
    }
  }

  #reason(error: unknown): string {
    if (error instanceof GatewayError) return error.message;
    this.#context.log.error({ err: error }, 'a data set could not be made');
    return 'The gateway failed; its log has the cause.';
  }
}
