import { existsSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { chromium, type Locator } from 'playwright-core';
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

  const page = await browser.newPage();
  page.setDefaultTimeout(120_000);
  await page.goto(`http://127.0.0.1:${(app.server.address() as AddressInfo).port}/docs`);
  const block = page.locator('.opblock[id$="-getUsage"]');
  await block.locator('.opblock-summary-control').click();

  /** Status of an operation that is tried out. */
  async function status(): Promise<number> {
    const answered = page.waitForResponse(/\/usage$/);
    await block.getByRole('button', { name: 'Execute' }).click();
    return (await answered).status();
  }

  /** Opens the form of a scheme, does something there, and closes it. */
  async function inForm(scheme: string, act: (form: Locator) => Promise<void>): Promise<void> {
    await page.getByRole('button', { name: 'Authorize' }).first().click();
    await act(page.locator('.auth-container', { hasText: scheme }).first());
    await page.getByRole('button', { name: 'Close' }).first().click();
  }

  async function statusWith(scheme: string, value: string): Promise<number> {
    await inForm(scheme, async (form) => {
      await form.locator('input').fill(value);
      await form.getByRole('button', { name: 'Apply credentials' }).click();
    });
    const answer = await status();
    await inForm(scheme, (form) => form.getByRole('button', { name: 'Remove authorization' }).click());
    return answer;
  }
  t.equal(await status(), 401);
  t.equal(await statusWith('apiKey', key), 200);
  t.equal(await status(), 401, 'no longer');
  t.equal(await statusWith('bearer', key), 200);
  t.equal(await statusWith('bearer', await issuer.token({ scope: 'predict' })), 200);
  t.equal(await statusWith('bearer', 'wrong'), 401);
});
