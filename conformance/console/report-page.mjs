// What users do with the page of the example report-api. It is a route of the API of that example.
import fs from 'node:fs';
import path from 'node:path';
import { at, EXAMPLES } from '../../tasks/project.mjs';
import { synthesize } from '../../tasks/step.mjs';
import { cached, hashOf } from '../common/cache.mjs';

const EXAMPLE = path.join(EXAMPLES, 'report-api');

/** The directory of the synthesized example. */
export async function reportApp() {
  const directory = await cached('report-page', hashOf(at('lib'), at('assets'), at('src'), EXAMPLE), (temporary) => (
    synthesize('the example report-api', path.join(EXAMPLE, 'app.ts'), path.join(temporary, 'app'))
  ));
  return path.join(directory, 'app');
}

export function reportPage() {
  return fs.readFileSync(path.join(EXAMPLE, 'page', 'page.html'), 'utf8');
}

const button = (page, name) => page.getByRole('button', { name });
const words = (page, text) => page.getByText(text).waitFor();

/** Asks for a report with the form. */
async function ask(page, days) {
  await page.getByLabel('Days').fill(String(days));
  await button(page, 'Compute the report').click();
}

export const REPORT_PAGE = [{
  title: 'report-api: the bar of a report moves, and its result is a table, also after the page is loaded again',
  ofExample: true,
  async walk({ site, check }) {
    const { page } = site;
    await ask(page, 365);
    const bar = page.getByRole('progressbar', { name: 'Progress' });
    await words(page, 'Your report is being computed.');
    await page.reload();
    const values = new Set();
    const table = page.getByRole('table');
    for (const end = Date.now() + 90_000; await table.count() === 0 && Date.now() < end;) {
      const value = await bar.evaluate((element) => element.value, undefined, { timeout: 500 }).catch(() => undefined);
      if (value > 0) values.add(value);
      await page.waitForTimeout(200);
    }
    check(values.size >= 2, `the bar has had the values ${[...values].join(', ')}`);
    await words(page, 'Your report is ready.');
    check(await table.getByRole('row').count() === 13, `the table has ${await table.getByRole('row').count()} rows`);
    check((await table.innerText()).includes('100,773,937'), `the table is ${await table.innerText()}`);
    check(site.requests.filter(({ method }) => method === 'POST').length === 1, 'the report was asked for more than once');
  },
}, {
  title: 'report-api: a report is cancelled',
  ofExample: true,
  async walk({ site, url, check }) {
    const { page } = site;
    await ask(page, 1000);
    await words(page, 'Your report is being computed.');
    await button(page, 'Cancel').click();
    await words(page, 'You have cancelled this report.');
    check(!await button(page, 'Cancel').isVisible(), 'it can be cancelled once more');
    const run = await (await fetch(new URL(new URL(page.url()).hash.slice(1), url))).json();
    check(run.status === 'CANCELLED', `the run is ${run.status}`);
  },
}, {
  title: 'report-api: an error is shown, and other values are asked for with another key',
  ofExample: true,
  expectsErrors: true, // the browser itself writes that the answer is 400
  async walk({ site, check }) {
    const { page } = site;
    await ask(page, 5000);
    await page.getByRole('alert').waitFor();
    check(await page.getByRole('alert').innerText() === "'days' is more than 1100", `the error is ${await page.getByRole('alert').innerText()}`);
    await ask(page, 7);
    await words(page, 'Your report is ready.');
    check(!await page.getByRole('alert').isVisible(), 'the error is still shown');
    const keys = site.requests.filter(({ method }) => method === 'POST').map(({ headers }) => headers['idempotency-key']);
    check(keys.length === 2 && new Set(keys).size === 2, `the keys are ${keys.join(', ')}`);
  },
}, ...['light', 'dark'].flatMap((colorScheme) => [375, 1200].map((width) => ({
  title: `report-api, ${colorScheme}, ${width} pixels wide: the page has no barriers, and is not too wide`,
  ofExample: true,
  options: { colorScheme, viewport: { width, height: 800 } },
  async walk({ site, check }) {
    const { page } = site;
    const look = async (what) => {
      const barriers = await site.barriers();
      check(barriers.length === 0, `${what}: ${barriers.join('\n')}`);
      check(await site.overflow() <= 0, `${what}: the page is ${await site.overflow()} pixels too wide`);
    };
    await ask(page, 200);
    await words(page, 'Your report is being computed.');
    await look('a report in progress');
    await words(page, 'Your report is ready.');
    await look('a report that is ready');
  },
})))];
