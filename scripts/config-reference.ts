// Writes the tables in README.md, of settings from the configuration's schemas and of operations: `npm run config-reference`. A test fails when they drift.
import { readFileSync, writeFileSync } from 'node:fs';
import type { TSchema } from 'typebox';
import { envSettings } from '../src/config/env-settings.ts';
import { ModelSettings } from '../src/config/model-settings.ts';
import { awsActions } from '../src/plugins/aws-actions.ts';
import { supportRows } from './support-matrix.ts';

const readme = new URL('../README.md', import.meta.url);

interface Documented {
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, TSchema>>;
  readonly items?: Documented;
}

const shown = (value: unknown): string =>
  value === undefined || typeof value === 'object' ? '' : `\`${String(value)}\``;

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

const settings = (): string =>
  table(
    ['variable', 'in gateway.yaml', 'default', 'what'],
    envSettings.map(({ variable, path, schema }) => [
      `\`${variable}\``,
      `\`${path.join('.')}\``,
      shown(schema.default),
      schema.description ?? '',
    ]),
  );

/** A setting and those below it, one row each. */
function rowsOf(name: string, type: TSchema): string[][] {
  const schema: Documented = type;
  const values = schema.enum ? ` One of ${schema.enum.map(shown).join(', ')}.` : '';
  const own = [`\`${name}\``, shown(schema.default), `${schema.description ?? ''}${values}`];
  const [prefix, properties = {}] = schema.items ? [`${name}[]`, schema.items.properties] : [name, schema.properties];
  const below = Object.entries(properties).flatMap(([key, child]) => rowsOf(`${prefix}.${key}`, child));
  return schema.description || below.length === 0 ? [own, ...below] : below;
}

const modelSettings = (): string =>
  table(
    ['key', 'default', 'what'],
    Object.entries(ModelSettings.properties).flatMap(([name, schema]) => rowsOf(name, schema)),
  );

/** What the gateway's role must be allowed, for the operations that need the same in one row. */
const permissions = (): string =>
  table(
    ['operations', 'actions'],
    Object.values(Object.groupBy(Object.entries(awsActions), ([, actions]) => actions.join())).map((alike = []) => [
      code(alike.map(([id]) => id)),
      code(alike[0]?.[1] ?? []),
    ]),
  );

const code = (words: readonly string[]): string => words.map((word) => `\`${word}\``).join(', ');

const between = (text: string, marker: string, content: string): string =>
  text.replace(
    new RegExp(`(<!-- ${marker} -->\\n)[\\s\\S]*?(<!-- /${marker} -->)`),
    (_all, before: string, after: string) => `${before}${content}\n${after}`,
  );

/** README.md with the tables as they should be. */
export const renderReadme = (text = readFileSync(readme, 'utf8')): string =>
  [
    ['settings', settings()],
    ['permissions', permissions()],
    ['model settings', modelSettings()],
    ['operations', table(['service', 'resource', 'operations'], supportRows())],
  ].reduce((page, [marker = '', content = '']) => between(page, marker, content), text);

if (import.meta.main) writeFileSync(readme, renderReadme());
