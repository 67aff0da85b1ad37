// A real browser uses the web page that ships, and the page of an example, of APIs that `heavy-batch serve` serves. axe-core looks for what keeps people
// from using them.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Findings, SELF_TEST } from './common/findings.mjs';
import { BREAKS } from './console/breaks.mjs';
import { prepareBrowser } from './console/browser.mjs';
import { JOURNEYS } from './console/journeys.mjs';
import { REPORT_PAGE, reportApp, reportPage } from './console/report-page.mjs';
import { consoleApp, freePorts, serve } from './console/served.mjs';
import { SIGN_IN } from './console/sign-in.mjs';
import { openSite } from './console/site.mjs';
import { consolePage } from '../tasks/console.mjs';
import { forEach } from '../tasks/step.mjs';

const AT_ONCE = 3;

const { browser, reason } = await prepareBrowser();
if (!browser) {
  console.log(`not run: ${reason}`);
  process.exit(0);
}

const findings = new Findings('console');
const app = await consoleApp();
const ports = await freePorts();
const state = fs.mkdtempSync(path.join(os.tmpdir(), 'heavy-batch-console-'));
let server = await serve(app, ports, state);
const reportServer = await serve(await reportApp(), await freePorts());
/** What a journey may do to the server. */
const control = {
  async stop() {
    await server.stop();
  },
  async start() {
    server = await serve(app, ports, state);
  },
};
try {
  if (SELF_TEST) await playBreaks();
  else await playAll([...JOURNEYS, ...SIGN_IN, ...REPORT_PAGE]);
} finally {
  await browser.close();
  await server.stop();
  await reportServer.stop();
  fs.rmSync(state, { recursive: true, force: true });
}
findings.end();

/** Most of a journey waits for a run. */
async function playAll(journeys) {
  await forEach(journeys.filter(({ alone }) => !alone), (journey) => play(journey), AT_ONCE);
  await forEach(journeys.filter(({ alone }) => alone), (journey) => play(journey), 1);
}

/** One way of a user through the page. Whatever it does, the page breaks no rule of its policy, asks nobody else, and has no errors. */
async function play({ title, name = title, ofExample = false, expectsErrors = false, options, walk }, page) {
  const started = Date.now();
  const url = ofExample ? reportServer.apis['Shop/Api'] : server.apis['App/Reports'];
  const site = await openSite(browser, url, { page, ...ofExample && { path: '/' }, ...options });
  const check = (passed, message) => findings.check(passed, `${name}: ${message}`);
  try {
    await walk({ site, url, check, control, signed: server.apis['App/Signed'], environment: server.environment, browser, html: page });
  } catch (error) {
    findings.failed(`${name}: ${error.message.split('\n').slice(0, 6).join('\n')}\nthe page: ${await site.text()}`);
  }
  check(site.violations().length === 0, `the policy of the page was violated: ${site.violations().join('; ')}`);
  check(site.strangers.length === 0, `requests to others: ${site.strangers.join(', ')}`);
  if (!expectsErrors) check(site.errors.length === 0, `errors in the console: ${site.errors.join('; ')}`);
  await site.close();
  if (!SELF_TEST) console.log(`${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
}

/** The page with a change in its sources. */
async function playBreaks() {
  for (const { title, pattern, journey, change } of BREAKS) {
    findings.broken(title, pattern);
    await play({ ...[...JOURNEYS, ...REPORT_PAGE].find((candidate) => candidate.title === journey), name: title }, await brokenPage(change));
  }
}

async function brokenPage({ file, from, to, inPage, ofExample }) {
  if (ofExample) return replaced('the page of the example', reportPage(), from, to);
  if (inPage) return replaced('the page', await consolePage(), from, to);
  const { breaking } = await import('./console/breaks.mjs');
  return consolePage(breaking(file, from, to));
}

function replaced(what, text, from, to) {
  if (text.split(from).length !== 2) throw new Error(`${what} does not have this text once: ${from}`);
  return text.replace(from, () => to);
}
