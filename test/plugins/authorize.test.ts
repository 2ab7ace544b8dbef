import { existsSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { chromium } from 'playwright-core';
import t from 'tap';
import { createApiKey } from '../../src/auth/api-key.ts';
import { startIssuer } from '../auth/issuer.ts';
import { doorGateway } from './gateway.ts';

const browserPath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const skip = existsSync(browserPath) ? false : `no browser at ${browserPath}`;

t.test('Authorize in Swagger UI lets keys and tokens in', { skip }, async (t) => {
  const issuer = await startIssuer(t);
  const { key, stored } = createApiKey();
  const { app } = await doorGateway(t, {
    clients: { acme: { keys: [stored], scopes: ['predict'] } },
    issuers: { idp: { issuer: issuer.url, audience: ['gateway'] } },
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const browser = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox', '--disable-gpu'] });
  t.teardown(() => browser.close());

  /** Status of an operation that is tried out after a scheme was given its value; undefined for none. */
  async function status(scheme?: string, value = ''): Promise<string | null> {
    const page = await browser.newPage();
    page.setDefaultTimeout(120_000);
    await page.goto(`http://127.0.0.1:${(app.server.address() as AddressInfo).port}/docs`);
    if (scheme !== undefined) {
      await page.getByRole('button', { name: 'Authorize' }).first().click();
      const form = page.locator('.auth-container', { hasText: scheme }).first();
      await form.locator('input').fill(value);
      await form.getByRole('button', { name: 'Apply credentials' }).click();
      await page.getByRole('button', { name: 'Close' }).first().click();
    }
    const block = page.locator('.opblock[id$="-getUsage"]');
    await block.locator('.opblock-summary-control').click();
    await block.getByRole('button', { name: 'Execute' }).click();
    const answer = block.locator('.live-responses-table tbody .response-col_status').first();
    await answer.waitFor();
    const text = await answer.textContent();
    await page.close();
    return text;
  }
  t.match(await status(), /^401/);
  t.match(await status('apiKey', key), /^200/);
  t.match(await status('bearer', key), /^200/);
  t.match(await status('bearer', await issuer.token({ scope: 'predict' })), /^200/);
  t.match(await status('bearer', 'wrong'), /^401/);
});
