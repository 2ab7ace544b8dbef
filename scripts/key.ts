// Makes an API key: `npm run key -- new --client acme --scopes predict`. Shows the key once, and what to put into gateway.yaml.
import { parseArgs } from 'node:util';
import { createApiKey } from '../src/auth/api-key.ts';
import { Scope } from '../src/config/clients.ts';

const usage = `npm run key -- new --client NAME [--scopes ${Scope.enum.join(',')}]`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { client: { type: 'string' }, scopes: { type: 'string', default: 'predict' } },
});
const scopes = values.scopes.split(',');
const unknown = scopes.filter((scope) => !Scope.enum.includes(scope as Scope));
if (positionals[0] !== 'new' || !values.client || unknown.length > 0) {
  console.error(unknown.length > 0 ? `There is no scope ${unknown.join(', ')}. ${usage}` : usage);
  process.exit(2);
}
const { key, stored } = createApiKey();
console.log(`The key, shown this once:

  ${key}

For gateway.yaml; a client can have several keys, so that a new one can replace an old one:

clients:
  ${values.client}:
    scopes: [${scopes.map((scope) => `'${scope}'`).join(', ')}]
    keys:
      - '${stored}'`);
