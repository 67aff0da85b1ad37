// Takes the pictures of the web pages for the documentation: runs of apps that `heavy-batch serve` serves.
//
//   npm run screenshots                   all pictures
//   npm run screenshots -- report-api     those of one page: console or report-api
import fs from 'node:fs';
import { at } from './project.mjs';
import { script } from './step.mjs';
import { prepareBrowser } from '../conformance/console/browser.mjs';
import { reportApp } from '../conformance/console/report-page.mjs';
import { consoleApp, freePorts, serve, startRun, untilStatus } from '../conformance/console/served.mjs';

const DESK = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };
const LIMIT = 150_000;
/** How long the run of the picture takes, in seconds, and the share at which the picture is taken. The API reads its estimates once a minute. */
const [SECONDS, SHARE] = [80, 66];

/** Of one of the two halves of the picture of the example report-api. */
const HALF = { width: 600, height: 776 };
/** The bar moves every two seconds: three years take long enough for a bar in the middle. */
const [THREE_YEARS, REPORT_SHARE] = [{ from: '2023-01-01', days: '1095' }, 58];
/** Milliseconds after which the API has read its estimates again. */
const NEW_ESTIMATES = 61_000;

const pause = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

const PAGES = {
  'console': { app: consoleApp, api: 'App/Reports', take },
  'report-api': { app: reportApp, api: 'Shop/Api', take: takeReport },
};

await script(async () => {
  const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(PAGES);
  const unknown = names.filter((name) => !Object.hasOwn(PAGES, name));
  if (unknown.length > 0) throw new Error(`unknown page: ${unknown.join(', ')}; the pages are ${Object.keys(PAGES).join(', ')}`);
  const { browser, reason } = await prepareBrowser();
  if (!browser) throw new Error(reason);
  try {
    for (const name of names) await takeOf(browser, PAGES[name]);
  } finally {
    await browser.close();
  }
});

async function takeOf(browser, page) {
  const server = await serve(await page.app(), await freePorts());
  try {
    await page.take(browser, server.apis[page.api]);
  } finally {
    await server.stop();
  }
}

/** The page of the example report-api: a report that is being computed, and one that is ready. */
async function takeReport(browser, url) {
  const context = await browser.newContext({ viewport: HALF, colorScheme: 'light', timezoneId: 'UTC', locale: 'en-US' });
  const ask = async ({ from, days } = {}) => {
    const page = await context.newPage();
    await page.goto(url);
    if (from) await page.getByLabel('First day').fill(from);
    if (days) await page.getByLabel('Days').fill(days);
    await page.getByRole('button', { name: 'Compute the report' }).click();
    return page;
  };
  // Estimates need three runs that are over.
  const [ready, ...others] = [await ask(), await ask(THREE_YEARS), await ask(THREE_YEARS)];
  for (const page of [ready, ...others]) await page.getByRole('table').waitFor({ timeout: 300_000 });
  await pause(NEW_ESTIMATES);
  const computed = await ask(THREE_YEARS);
  const bar = computed.getByRole('progressbar');
  while (!(await bar.evaluate((element) => element.value) >= REPORT_SHARE)) await pause(100);
  const halves = [await picture(computed), await picture(ready)].map((png) => `<img src="data:image/png;base64,${png.toString('base64')}">`);
  const both = await context.newPage();
  await both.setViewportSize({ width: HALF.width * 2 + 48, height: HALF.height + 32 });
  await both.setContent(`<style>body { display: flex; gap: 16px; margin: 16px; background: #ddd; }</style>${halves.join('')}`);
  save('report-api', await picture(both));
}

function picture(page) {
  return page.screenshot({ animations: 'disabled' });
}

/** Writes a picture, unless it is too large for a page of the documentation. */
function save(name, png) {
  if (png.length > LIMIT) throw new Error(`docs/${name}.png would have ${png.length} bytes, which is more than ${LIMIT}`);
  fs.writeFileSync(at('docs', `${name}.png`), png);
  console.log(`docs/${name}.png: ${(png.length / 1000).toFixed(0)} KB`);
}

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
    save(names[index], await picture(page));
  }

  async function open(viewport, colorScheme, address) {
    const page = await (await browser.newContext({ viewport, colorScheme, timezoneId: 'UTC', locale: 'en-US' })).newPage();
    await page.goto(address);
    return page;
  }
}
