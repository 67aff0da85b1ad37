// What users do with the page of an API that everybody may call.
import { startRun, untilStatus } from './served.mjs';

/** Goes to the form of a job and fills it in. */
async function fill(page, url, values, job = 'report') {
  await page.goto(`${url}/console#/new/${job}`);
  await page.getByRole('button', { name: 'Start run' }).waitFor();
  for (const [name, value] of Object.entries(values)) {
    const field = page.locator(`#field-${name}`);
    if (await field.evaluate(({ tagName }) => tagName) === 'SELECT') await field.selectOption(value);
    else await field.fill(value);
  }
}

async function openRun(page, url, id) {
  await page.goto(`${url}/console#/runs/${id}`);
  await page.locator('.run h1').waitFor();
}

export const JOURNEYS = [{
  title: 'a run is started with the form, and shows its progress, its log and its result',
  async walk({ site, url, check }) {
    const { page } = site;
    await fill(page, url, { pages: '300', title: "O'Brien's", seconds: '5' });
    const command = await page.locator('.command code').innerText();
    check(command.includes('-d \'{"pages":300,"seconds":5,"title":"O\'\\\'\'Brien\'\\\'\'s"}\'') && command.includes(`${url}/jobs/report/runs`), `the command is ${command}`);
    await page.getByRole('button', { name: 'Start run' }).click();
    await site.status('RUNNING');
    const bar = page.getByRole('progressbar', { name: 'Progress' });
    await bar.waitFor();
    const values = new Set();
    while (await page.locator('.run .head .status', { hasText: 'RUNNING' }).count() > 0) {
      const value = await bar.evaluate((element) => element.value, undefined, { timeout: 1_000 }).catch(() => undefined);
      if (value !== undefined) values.add(value);
      await page.waitForTimeout(200);
    }
    check(values.size >= 2, `the progress bar has had the values ${[...values].join(', ')}`);
    await site.status('SUCCEEDED');
    const result = JSON.parse(await page.locator('.result pre').innerText());
    check(result.pages === 300 && result.title === "O'Brien's", `the result is ${JSON.stringify(result)}`);
    check((await page.title()).startsWith('SUCCEEDED report'), `the title is ${await page.title()}`);
    check(await page.locator('.timeline li').count() >= 4, 'the timeline has less than four steps');
    await page.getByText('::result').waitFor();
    const log = await page.locator('.lines').innerText();
    check(log.includes('connected to the warehouse') && !log.includes('[32m') && !log.includes('\u001b'), 'the log has colours of a terminal');
    check(log.includes('<script>window.injected = true</script><img src=x'), 'the log does not show HTML as it was written');
    check(await page.evaluate(() => globalThis.injected === undefined && document.querySelectorAll('.lines script, .lines img').length === 0), 'HTML in the log is live');
    check(/container seconds/.test(await page.locator('.facts').innerText()), 'what the run has used is not shown');
    await page.getByRole('button', { name: 'Copy the result' }).click();
    await page.getByRole('button', { name: 'Copied the result' }).waitFor();
    check((await page.evaluate(() => navigator.clipboard.readText())).includes('"pages": 300'), 'the result is not in the clipboard');
  },
}, {
  title: 'a value that the API refuses is shown at its field',
  expectsErrors: true, // the browser itself writes that the answer is 400
  async walk({ site, url, check }) {
    const { page } = site;
    await fill(page, url, { pages: '5000' });
    await page.getByRole('button', { name: 'Start run' }).click();
    await page.locator('#field-pages-error').waitFor();
    check(/1000/.test(await page.locator('#field-pages-error').innerText()), `the field says ${await page.locator('#field-pages-error').innerText()}`);
    check(await page.locator('#field-pages').evaluate((element) => element === document.activeElement && element.getAttribute('aria-invalid') === 'true'), 'the field has not got the focus');
    check((await site.barriers()).length === 0, `with an error: ${(await site.barriers()).join('\n')}`);
    await page.locator('#field-pages').fill('10');
    await page.locator('#field-seconds').fill('0.2');
    await page.getByRole('button', { name: 'Start run' }).click();
    await site.status('SUCCEEDED');
    const keys = site.requests.filter(({ method }) => method === 'POST').map(({ headers }) => headers['idempotency-key']);
    check(new Set(keys).size === 2, `another body has the keys ${keys.join(', ')}`);
  },
}, {
  title: 'a request without an answer is sent again with its key',
  expectsErrors: true,
  async walk({ site, url, check }) {
    const { page } = site;
    await fill(page, url, { pages: '10', seconds: '0.2' });
    // The run is started, and the answer is lost.
    await page.route('**/jobs/report/runs', async (route) => {
      await route.fetch();
      await route.abort();
    }, { times: 1 });
    await page.getByRole('button', { name: 'Start run' }).click();
    await page.getByText('it is the same request').first().waitFor();
    await page.getByRole('button', { name: 'Start run' }).click();
    await page.locator('.run h1').waitFor();
    const keys = site.requests.filter(({ method }) => method === 'POST').map(({ headers }) => headers['idempotency-key']);
    check(keys.length === 2 && new Set(keys).size === 1 && /^[0-9a-f]{32}$/.test(keys[0]), `the keys are ${keys.join(', ')}`);
  },
}, {
  title: 'a run is cancelled, and redriven',
  async walk({ site, url, check }) {
    const { page } = site;
    const id = await startRun(url, 'report', { pages: 100, seconds: 30 });
    await untilStatus(url, id, 'RUNNING');
    await openRun(page, url, id);
    await page.getByRole('button', { name: 'Cancel run' }).click();
    await page.getByRole('button', { name: 'Keep it running' }).click();
    check(await page.locator('dialog[open]').count() === 0 && (await untilStatus(url, id, 'RUNNING')).cancelRequestedAt === undefined, 'a run was cancelled without a confirmation');
    await page.getByRole('button', { name: 'Cancel run' }).click();
    check((await site.barriers()).length === 0, `with the dialog: ${(await site.barriers()).join('\n')}`);
    await page.locator('dialog').getByRole('button', { name: 'Cancel run' }).click();
    await page.locator('.requested, .head .status.ended').first().waitFor();
    const early = await page.locator('.run .head').innerText();
    check(/Cancel requested/i.test(early) || early.includes('CANCELLED'), `after the request the run says ${early}`);
    await site.status('CANCELLED');
    check(await page.getByText('Cancel requested', { exact: true }).locator('visible=true').count() === 0 || !(await page.locator('.requested').count()), 'a cancelled run still says that it is requested');
    await page.getByRole('button', { name: 'Redrive' }).click();
    await site.status('SUBMITTED'); // until no job from before the redrive can be there
    check(/redrive 1/i.test(await page.locator('.timeline').innerText()), 'the timeline has no redrive');
    await fetch(`${url}/runs/${id}`, { method: 'DELETE' });
  },
}, {
  title: 'a run that fails says why, and what to do',
  async walk({ site, url, check }) {
    const { page } = site;
    const id = await startRun(url, 'report', { pages: 30, seconds: 0.3, outcome: 'fail' });
    await untilStatus(url, id, 'FAILED');
    await openRun(page, url, id);
    await page.locator('.failure').waitFor();
    const text = await page.locator('.failure').innerText();
    check(text.includes('ExitCode') && /What to do: \S/.test(text), `the failure says ${text}`);
    check(await page.getByRole('button', { name: 'Redrive' }).count() === 1 && await page.getByRole('button', { name: 'Cancel run' }).count() === 0, 'a run that failed does not have exactly the button to redrive it');
    check((await site.barriers()).length === 0, `a failed run: ${(await site.barriers()).join('\n')}`);
    await page.goto(`${url}/console#/?status=FAILED`);
    await page.getByText('Needs attention').waitFor();
    await page.locator('.tile.bad').waitFor();
    check(Number(await page.locator('.tile.bad strong').innerText()) >= 1, 'no run needs attention');
    await page.locator('tbody tr', { hasText: 'ExitCode' }).first().waitFor();
  },
}, {
  title: 'the filters, the pages and the way back are parts of the address',
  alone: true, // its runs take all places of the queue
  async walk({ site, url, check }) {
    const { page } = site;
    await Promise.all(Array.from({ length: 27 }, () => startRun(url, 'import', { source: 'orders', pages: '1', seconds: '0' })));
    await page.getByLabel('Job').focus();
    await page.getByLabel('Job').selectOption('import');
    await page.locator('tbody tr').nth(24).waitFor();
    check(await page.getByLabel('Job').evaluate((element) => element === document.activeElement), 'a filter that is chosen loses the focus');
    await page.getByRole('link', { name: 'Older runs' }).click();
    await page.getByRole('link', { name: 'Newest runs' }).waitFor();
    await page.locator('tbody tr').first().waitFor();
    const older = await page.locator('tbody tr').count();
    check(older >= 2 && older <= 25, `the second page has ${older} runs`);
    check(await page.evaluate(() => document.activeElement.id) === 'main', 'another page of the list has not got the focus');
    await page.goBack();
    await page.locator('tbody tr').nth(24).waitFor();
    await page.goBack();
    check(new URL(page.url()).hash === '', `the way back ends at ${page.url()}`);
    await page.goForward();
    await page.locator('tbody tr').first().waitFor();
    check(await page.getByLabel('Job').inputValue() === 'import', 'the way forward loses the filter');
    await page.goto(`${url}/console#/?status=RUNNING`);
    await page.reload();
    await page.getByLabel('Status').waitFor();
    check(await page.getByLabel('Status').inputValue() === 'RUNNING', 'a reload loses the filter');
    await page.goto(`${url}/console#/new/import`);
    check(await page.locator('textarea').count() + await page.locator('.field input').count() >= 1, 'a job without described parameters has no field');
  },
}, {
  title: 'the keyboard alone starts and cancels a run',
  async walk({ site, url, check }) {
    const { page } = site;
    await page.getByText('All runs').waitFor();
    await page.keyboard.press('Tab');
    check(await page.evaluate(() => document.activeElement.className) === 'skip', 'the first stop is not the link to the content');
    await tabTo(page, 'New run');
    await page.keyboard.press('Enter');
    await page.locator('#field-pages').waitFor();
    await tabTo(page, 'pages');
    await page.keyboard.type('90');
    await tabTo(page, 'seconds');
    await page.keyboard.type('30');
    await page.keyboard.press('Enter');
    await site.status('RUNNING');
    check(await page.evaluate(() => document.activeElement.id) === 'main', 'a new view has not got the focus');
    await tabTo(page, 'Cancel run');
    check(await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle !== 'none'), 'the focus is not visible');
    await page.keyboard.press('Enter');
    check(await page.evaluate(() => document.activeElement.textContent) === 'Keep it running', 'the dialog has the focus elsewhere');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await site.status('CANCELLED');
    void url;
  },
}, {
  title: 'a run that waits says how many jobs are before it',
  alone: true, // its runs take all vCPUs of the compute
  async walk({ site, url, check }) {
    const { page } = site;
    const start = () => startRun(url, 'report', { pages: 10, seconds: 300 });
    const cancel = (id) => fetch(`${url}/runs/${id}`, { method: 'DELETE' });
    const running = [await start(), await start(), await start(), await start()];
    for (const id of running) await untilStatus(url, id, 'RUNNING');
    const [next, last] = [await start(), await start()];
    for (const id of [next, last]) await untilStatus(url, id, 'RUNNABLE');
    await openRun(page, url, last);
    await page.getByText('1 job of its queue is before it.').waitFor({ timeout: 20_000 });
    await cancel(next);
    await page.getByText('It is the next job of its queue.').waitFor({ timeout: 40_000 });
    await cancel(running[0]);
    await site.status('RUNNING');
    check(await page.getByText('of its queue').count() === 0, 'a run that runs still says where it waits');
    for (const id of [...running.slice(1), last]) await cancel(id);
    for (const id of [...running, last]) await untilStatus(url, id, 'CANCELLED');
  },
}, {
  title: 'a server that is gone is told, and the page goes on when it is back',
  alone: true,
  expectsErrors: true,
  async walk({ site, url, check, control }) {
    const { page } = site;
    await page.locator('tbody tr').first().waitFor();
    await control.stop();
    await page.getByText('Not reachable').first().waitFor();
    const text = await page.locator('.notice.warn').first().innerText();
    check(/Not reachable since \d\d:\d\d:\d\d UTC: .* Trying again (in|now)/.test(text), `the page says ${text}`);
    check(await page.locator('tbody tr').count() > 0, 'what was known is not shown any more');
    await control.start();
    await page.locator('.notice.warn').first().waitFor({ state: 'detached', timeout: 40_000 });
    await page.locator('tbody tr').first().waitFor();
    const id = await startRun(url, 'report', { pages: 10, seconds: 0.2 });
    await page.locator(`a[title="${id}"]`).waitFor();
    check(await page.locator('.notice').count() === 0, 'the message comes back');
  },
}, {
  title: 'no request is sent while the page is paused, and an answer that nothing has changed is used',
  async walk({ site, url, check }) {
    const { page } = site;
    const id = await startRun(url, 'report', { pages: 10, seconds: 0.2 });
    await untilStatus(url, id, 'SUCCEEDED');
    await page.clock.install();
    await page.reload();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.waitForTimeout(500);
    const before = site.requests.length;
    await page.waitForTimeout(6_000);
    check(site.requests.length === before, `${site.requests.length - before} requests were sent`);
    await openRun(page, url, id);
    check(await page.locator('.run .head .status').innerText() === 'SUCCEEDED', 'a view that is opened while paused is empty');
    await page.getByRole('button', { name: 'Paused' }).click();
    const asked = page.waitForResponse((response) => response.url().endsWith(`/runs/${id}`));
    await page.clock.fastForward(61_000); // a run that is over is asked for once a minute
    const answer = await asked;
    check(answer.status() === 304, `an unchanged run is answered with ${answer.status()}`);
  },
}, {
  title: 'what the API does not know yet breaks nothing',
  async walk({ site, url, check }) {
    const { page } = site;
    const id = '0'.repeat(29) + '-' + '0'.repeat(20);
    const run = { id, job: 'report', status: 'TELEPORTING', createdAt: 'yesterday', updatedAt: '', elapsedSeconds: 1, redrives: 0, progress: { message: 'somewhere', at: 'now' }, timeline: [{ status: 'BEAMED', at: 'never' }], colour: {} };
    await page.route(`**/runs/${id}`, (route) => route.fulfill({ json: run }));
    await page.route(`**/runs/${id}/logs*`, (route) => {
      const length = Number(new URL(route.request().url()).searchParams.get('limit'));
      return route.fulfill({ json: { lines: Array.from({ length }, (_, index) => ({ at: new Date().toISOString(), text: `line ${index}` })), next: 'more' } });
    });
    await openRun(page, url, id);
    await site.status('TELEPORTING');
    await page.getByText(/newest 2,000 lines that were read are shown/).waitFor();
    const lines = await page.locator('.lines > div').count();
    check(lines === 2_000, `the log has ${lines} lines`);
    await page.getByText('lines are left out here').waitFor();
    await page.route('**/runs?*', (route) => route.fulfill({ json: { runs: [null] } }));
    await page.goto(`${url}/console#/?job=report`);
    await page.getByRole('button', { name: 'Reload' }).waitFor();
    check(/This view cannot be shown/.test(await page.locator('main').innerText()), 'a view that fails is blank');
  },
}, ...['light', 'dark'].flatMap((colorScheme) => [{ width: 1200, height: 800 }, { width: 375, height: 720 }].map((viewport) => ({
  title: `${colorScheme}, ${viewport.width} pixels wide: no view has barriers, and none is too wide`,
  options: { colorScheme, viewport, reducedMotion: 'reduce' },
  async walk({ site, url, check }) {
    const { page } = site;
    const id = await startRun(url, 'report', { pages: 100, seconds: 30, title: 'long'.repeat(12) });
    await untilStatus(url, id, 'RUNNING');
    const views = { '#/': 'tbody tr', '#/new/report': '#field-pages', [`#/runs/${id}`]: '.lines' };
    for (const [hash, sign] of Object.entries(views)) {
      await page.goto(`${url}/console${hash}`);
      await page.locator(sign).first().waitFor();
      const barriers = await site.barriers();
      check(barriers.length === 0, `${hash} ${barriers.join('\n')}`);
      check(await site.overflow() <= 0, `${hash} is ${await site.overflow()} pixels too wide`);
    }
    const words = { job: 'a'.repeat(40), progress: { message: 'm'.repeat(300), at: new Date().toISOString() } };
    const long = async (route) => {
      const answer = await (await route.fetch()).json();
      await route.fulfill({ json: answer.runs ? { runs: answer.runs.map((run) => ({ ...run, ...run.status === 'RUNNING' ? words : {} })) } : { ...answer, ...words } });
    };
    await page.route('**/runs?*', long);
    await page.route(`**/runs/${id}`, long);
    for (const hash of ['#/', `#/runs/${id}`]) {
      await page.goto(`${url}/console${hash}`);
      await page.reload();
      await page.getByText(words.progress.message).first().waitFor();
      const inner = await page.locator('.table, .run').first().evaluate((element) => element.scrollWidth - element.clientWidth);
      check(await site.overflow() <= 0 && inner <= 0, `${hash} with long words is ${await site.overflow()} and ${inner} pixels too wide`);
      if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/${colorScheme}-${viewport.width}-${hash.length > 2 ? 'run' : 'list'}.png` });
    }
    const background = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor.match(/\d+/g).map(Number));
    check((background[0] < 100) === (colorScheme === 'dark'), `the background is ${background}`);
    await fetch(`${url}/runs/${id}`, { method: 'DELETE' });
  },
})))];

/** Presses Tab until something with this name has the focus. */
async function tabTo(page, name) {
  for (let presses = 0; presses < 40; presses++) {
    await page.keyboard.press('Tab');
    const found = await page.evaluate(() => document.activeElement.getAttribute('name') ?? document.activeElement.textContent);
    if (found === name) return;
  }
  throw new Error(`the keyboard does not reach ${name}`);
}
