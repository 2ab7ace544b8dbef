import t from 'tap';
import { createApiKey } from '../src/auth/api-key.ts';
import { ConfigError, loadConfig } from '../src/config/load.ts';
import { makeLocalKey } from '../src/local-key.ts';

t.test(
  'local mode beyond the machine gets a key of its own, and keeps it when the configuration changes',
  async (t) => {
    const config = loadConfig({ GATEWAY_MODE: 'local', HOST: '0.0.0.0' });
    const { key, protect } = makeLocalKey(config);
    t.match(key, /^sgw_/);
    t.strictSame(Object.keys(protect(config).clients), ['local-mode']);
    t.strictSame(protect(config), protect(loadConfig({ GATEWAY_MODE: 'local', HOST: '0.0.0.0' })));
  },
);

t.test('where clients are named the demo is one more, and its key is nobody else’s', async (t) => {
  const { stored } = createApiKey();
  const named = loadConfig({ GATEWAY_MODE: 'local' }, `clients:\n  acme: { keys: ['${stored}'], scopes: [predict] }\n`);
  const { key, demoKey, protect } = makeLocalKey(named);
  t.equal(key, undefined);
  t.match(demoKey, /^sgw_/);
  t.strictSame(Object.keys(protect(named).clients), ['acme', 'local-mode']);
});

t.test('who has said who may call gets no key', async (t) => {
  for (const env of [{ HOST: '127.0.0.1' }, { HOST: '0.0.0.0', AUTH: 'none' }]) {
    const config = loadConfig({ GATEWAY_MODE: 'local', ...env });
    const { key, protect } = makeLocalKey(config);
    t.equal(key, undefined);
    t.equal(protect(config), config);
  }
});

t.test('against AWS there is no such key: who may call must be said', async (t) => {
  t.throws(() => loadConfig({ GATEWAY_MODE: 'aws', HOST: '0.0.0.0' }), ConfigError);
});
