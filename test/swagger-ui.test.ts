import { existsSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { chromium } from 'playwright-core';
import t from 'tap';
import { syntheticRows } from '../src/demo/bank-rows.ts';
import { Progress } from '../src/demo/progress.ts';
import { runDemo } from '../src/demo/run.ts';
import { startGateway } from './gateway.ts';

const browserPath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const skip = existsSync(browserPath) ? false : `no browser at ${browserPath}`;

t.test('the examples in Swagger UI can be executed as they stand', { skip }, async (t) => {
  const { url, local } = await startGateway(t);
  const lines = new PassThrough();
  await runDemo(url, {
    source: syntheticRows(2_000, 1),
    sagemaker: local.url,
    fresh: false,
    progress: new Progress(lines as never),
    signal: new AbortController().signal,
  });

  const browser = await chromium.launch({
    executablePath: browserPath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  t.teardown(() => browser.close());
  const page = await browser.newPage();
  const elsewhere: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(url) && !request.url().startsWith('data:')) elsewhere.push(request.url());
  });
  await page.goto(`${url}/docs`);

  for (const operation of [
    'predict',
    'predictWithModel',
    'listModels',
    'listDatasets',
    'registerDataset',
    'listTrainingJobs',
    'listTransformJobs',
    'listImages',
    'getMetrics',
  ]) {
    const block = page.locator(`.opblock[id$="-${operation}"]`);
    await block.locator('.opblock-summary-control').click();
    await block.getByRole('button', { name: 'Execute' }).click();
    const status = block.locator('.live-responses-table tbody .response-col_status').first();
    await status.waitFor();
    t.match(await status.textContent(), /^20[01]/, operation);
  }
  const answer = page.locator('.opblock[id$="-predict"] .live-responses-table tbody .response-col_description').first();
  t.match(await answer.textContent(), /"model": "bank"[\s\S]*"score": 0\.\d+/);

  await page.getByRole('button', { name: 'Authorize', exact: true }).click();
  const fields = page.locator('.dialog-ux input');
  await fields.first().waitFor();
  t.ok((await fields.count()) > 1);
  t.ok(
    await page.evaluate('document.activeElement === document.querySelector(".dialog-ux input")'),
    'begins at the top',
  );
  // Nothing puts the focus back while somebody writes.
  await fields.last().fill('secret');
  t.equal(await fields.last().inputValue(), 'secret');
  t.notOk(await page.evaluate('document.activeElement === document.querySelector(".dialog-ux input")'));

  const permissions = page.locator('.opblock[id$="-listDatasets"]');
  t.match(await permissions.textContent(), /x-aws-actions[\s\S]*s3:GetObject/, 'what it needs of AWS is shown');
  t.strictSame(elsewhere, [], 'the page loads nothing from elsewhere');
});
