/** What /metrics shows, by name and labels. */
export class Scrape {
  readonly #samples: readonly {
    readonly name: string;
    readonly labels: Record<string, string>;
    readonly value: number;
  }[];
  /** Names of all series that the metrics declared have or may have. */
  readonly names: ReadonlySet<string>;

  constructor(text: string) {
    this.#samples = text.split('\n').flatMap((line) => {
      const [, name = '', labels = '', value] = /^([a-z_][\w:]*)(?:\{(.*)\})? (\S+)$/i.exec(line) ?? [];
      if (value === undefined) return [];
      const pairs = [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', text = '']) => [key, text]);
      return [{ name, labels: Object.fromEntries(pairs) as Record<string, string>, value: Number(value) }];
    });
    this.names = new Set(
      [...text.matchAll(/^# TYPE (\S+) (\w+)$/gm)].flatMap(([, name = '', type]) =>
        type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
      ),
    );
  }

  /** Sum of the series of a name that have these labels; undefined when there is none. */
  sum(name: string, labels: Readonly<Record<string, string>> = {}): number | undefined {
    const found = this.#samples.filter(
      (sample) => sample.name === name && Object.entries(labels).every(([key, text]) => sample.labels[key] === text),
    );
    return found.length === 0 ? undefined : found.reduce((sum, { value }) => sum + value, 0);
  }

  /** Values that a label has anywhere. */
  valuesOf(label: string): string[] {
    return [...new Set(this.#samples.map(({ labels }) => labels[label]).filter((text) => text !== undefined))].sort();
  }
}

export async function scrape(url: string): Promise<Scrape> {
  const response = await fetch(`${url}/metrics`);
  return new Scrape(await response.text());
}

/** Scrapes until it is so. @throws Error after 10 s */
export async function scrapeUntil(url: string, isSo: (seen: Scrape) => boolean): Promise<Scrape> {
  for (const end = Date.now() + 10_000; Date.now() < end; ) {
    const seen = await scrape(url);
    if (isSo(seen)) return seen;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('The metrics never came to show it');
}
