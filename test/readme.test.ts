import { readFileSync } from 'node:fs';
import t from 'tap';
import { renderReadme } from '../scripts/config-reference.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

t.test(
  'the tables of settings and of operations are what the code says; `npm run config-reference` writes them anew',
  async (t) => {
    t.equal(renderReadme(readme), readme);
  },
);
