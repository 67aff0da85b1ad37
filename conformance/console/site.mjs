// A page in a browser, with what it did that a user does not see.
import fs from 'node:fs';
import { createRequire } from 'node:module';

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Milliseconds after which something that should be there is missing. */
const PATIENCE = 15_000;

/**
 * Opens the web page of an API.
 *
 * @param options.page HTML in the place of the page that is served
 * @param options.path where the page is
 */
export async function openSite(browser, url, { page: html, path = '/console', hash = '', ...context } = {}) {
  const own = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-US', permissions: ['clipboard-read', 'clipboard-write'], ...context });
  own.setDefaultTimeout(PATIENCE);
  const page = await own.newPage();
  const [errors, strangers, requests] = [[], [], []];
  let violations = [];
  const note = (text) => (/Content.Security.Policy/i.test(text) ? violations : errors).push(text);
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => { if (message.type() === 'error' || message.type() === 'warning') note(message.text()); });
  page.on('request', (request) => {
    requests.push({ method: request.method(), url: request.url(), headers: request.headers() });
    if (!request.url().startsWith(url) && !request.url().startsWith('data:')) strangers.push(request.url());
  });
  if (html) await page.route(`${url}${path}`, (route) => route.fulfill({ contentType: 'text/html; charset=utf-8', body: html }));
  await page.goto(`${url}${path}${hash}`);
  return {
    page,
    errors,
    strangers,
    requests,
    violations: () => violations,
    /** What this site expects of its policy is taken out of the violations. */
    takeViolations() {
      const taken = violations;
      violations = [];
      return taken;
    },
    status: (text) => page.locator('.run .head .status', { hasText: text }).waitFor(),
    /** What axe-core finds, as text. A check of contrast needs colours that do not change. */
    async barriers() {
      await page.evaluate(AXE);
      const { violations: found } = await page.evaluate(() => globalThis.axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
      return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ target, failureSummary }) => `${target} ${failureSummary.replaceAll('\n', ' ')}`).slice(0, 3).join(' | ')}`);
    },
    /** How many pixels the page is wider than its window. */
    overflow: () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth),
    /** What the pages of this browser show, in short. */
    async text() {
      const pages = browser.contexts().flatMap((one) => one.pages()).filter((one) => one.url().startsWith(new URL(page.url()).origin) || one === page);
      const texts = await Promise.all(pages.map((one) => one.locator('body').innerText({ timeout: 1_000 }).catch((error) => error.message)));
      return texts.map((text) => text.replace(/\s+/g, ' ').slice(0, 300)).join(' | ');
    },
    close: () => own.close(),
  };
}
