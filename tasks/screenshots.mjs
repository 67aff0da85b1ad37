// Takes the pictures of the web page for the documentation: runs of an app that `heavy-batch serve` serves.
import fs from 'node:fs';
import { at } from './project.mjs';
import { script } from './step.mjs';
import { prepareBrowser } from '../conformance/console/browser.mjs';
import { consoleApp, freePorts, serve, startRun, untilStatus } from '../conformance/console/served.mjs';

const DESK = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };
const LIMIT = 150_000;
/** How long the run of the picture takes, in seconds, and the share at which the picture is taken. The API reads its estimates once a minute. */
const [SECONDS, SHARE] = [80, 66];

const pause = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

await script(async () => {
  const { browser, reason } = await prepareBrowser();
  if (!browser) throw new Error(reason);
  const server = await serve(await consoleApp(), await freePorts());
  try {
    await take(browser, server.apis['App/Reports']);
  } finally {
    await browser.close();
    await server.stop();
  }
});

async function take(browser, url) {
  const start = (job, body) => startRun(url, job, body);
  // Estimates need three runs that are over.
  const earlier = await Promise.all([62, 70, 88].map((seconds) => start('report', { pages: 300, seconds })));
  await untilStatus(url, await start('import', { source: 'orders', pages: '40', seconds: '1' }), 'SUCCEEDED');
  await untilStatus(url, await start('report', { pages: 90, seconds: 1, outcome: 'fail' }), 'FAILED');
  const cancelled = await start('import', { source: 'returns', pages: '500', seconds: '60' });
  await untilStatus(url, cancelled, 'RUNNING');
  await fetch(`${url}/runs/${cancelled}`, { method: 'DELETE' });
  await untilStatus(url, cancelled, 'CANCELLED');
  await untilStatus(url, await start('import', { source: 'stock', pages: '40', seconds: '1' }), 'SUCCEEDED');
  while (!(await Promise.all(earlier.map(async (id) => (await fetch(`${url}/runs/${id}`)).json()))).every(({ status }) => status === 'SUCCEEDED')) await pause(1_000);
  const run = await start('report', { pages: 300, title: 'Quarterly figures', seconds: SECONDS });
  await start('import', { source: 'customers', pages: '800', seconds: String(SECONDS * 2) });
  const sites = await Promise.all([
    open(DESK, 'light', `${url}/console#/runs/${run}`), open(DESK, 'dark', `${url}/console#/runs/${run}`), open(DESK, 'light', `${url}/console`), open(PHONE, 'light', `${url}/console#/runs/${run}`),
  ]);
  const names = ['console-run', 'console-run-dark', 'console-overview', 'console-phone'];
  while (!((await (await fetch(`${url}/runs/${run}`)).json()).progress?.percentage >= SHARE)) await pause(500);
  await start('report', { pages: 60, seconds: 30 });
  for (const [index, page] of sites.entries()) {
    await page.bringToFront();
    await page.waitForTimeout(3_000);
    const file = at('docs', `${names[index]}.png`);
    await page.screenshot({ path: file, animations: 'disabled' });
    const { size } = fs.statSync(file);
    console.log(`docs/${names[index]}.png: ${(size / 1000).toFixed(0)} KB`);
    if (size > LIMIT) throw new Error(`${file} is larger than ${LIMIT} bytes`);
  }

  async function open(viewport, colorScheme, address) {
    const page = await (await browser.newContext({ viewport, colorScheme, timezoneId: 'UTC', locale: 'en-US' })).newPage();
    await page.goto(address);
    return page;
  }
}
