// Writes the table of settings in README.md from the configuration's schema: `npm run config-reference`. A test fails when it drifts.
import { readFileSync, writeFileSync } from 'node:fs';
import { envSettings } from '../src/config/env-settings.ts';

const readme = new URL('../README.md', import.meta.url);
const markers = /(<!-- settings -->\n)[\s\S]*?(<!-- \/settings -->)/;

const shown = (value: unknown): string => (value === undefined ? '' : `\`${String(value)}\``);

const table = (): string =>
  [
    '| variable | in gateway.yaml | default | what |',
    '|---|---|---|---|',
    ...envSettings.map(
      ({ variable, path, schema }) =>
        `| \`${variable}\` | \`${path.join('.')}\` | ${shown(schema.default)} | ${schema.description ?? ''} |`,
    ),
  ].join('\n');

/** README.md with the table as it should be. */
export const renderReadme = (text = readFileSync(readme, 'utf8')): string => text.replace(markers, `$1${table()}\n$2`);

if (import.meta.main) writeFileSync(readme, renderReadme());
