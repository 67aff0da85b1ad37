// The end of the first hour: an app is served, and its page is used in a browser, as the README says.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { freePorts } from '../console/served.mjs';
import { openSite } from '../console/site.mjs';

/** The ports of a README. Here they may be taken. */
const PORT = 8787;
const AWS_PORT = 8786;

/** Milliseconds after which something that should be there is missing, also where the machine has much else to do. */
const PATIENCE = 60_000;

/** The progress bar has to show more than a beginning and an end. */
const VALUES = 3;

/**
 * Serves the app of a directory with the package that is installed there, and visits its page. Returns what the command has printed, with the ports
 * of the README.
 *
 * @param options.command the command of the README
 * @param options.shell runs a command in the app, and returns its output
 * @param options.browser undefined where there is none: the page is then not visited
 * @param options.check takes whether something is as it should be, and a message if not
 */
export async function serveAndVisit({ app, command, env, shell, browser, check }) {
  const { port, awsPort } = await freePorts();
  // npx would stand between this process and the server, which has to get its signal.
  const program = path.join(app, 'node_modules', 'cdk-heavy-batch', 'bin', 'heavy-batch.js');
  const args = [...command.split(' ').slice(2), '--port', String(port), '--aws-port', String(awsPort)];
  const child = spawn(process.execPath, [program, ...args], { cwd: app, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const closed = once(child, 'close');
  let output = '';
  const ready = new Promise((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
        if (output.includes('Press Ctrl-C')) resolve(true);
      });
    }
    child.once('close', () => resolve(false));
  });
  if (check(await ready, `${command} ended: ${output.slice(-4_000)}`)) {
    try {
      const id = await startRun({ output, shell, check });
      if (id && browser) await visit(browser, `http://127.0.0.1:${port}`, id, check);
    } finally {
      child.kill('SIGINT');
    }
    const [status] = await closed;
    check(status === 0, `${command} exited with ${status} after Ctrl-C: ${output.slice(-4_000)}`);
  }
  return output.replaceAll(`:${port}`, `:${PORT}`).replaceAll(`:${awsPort}`, `:${AWS_PORT}`);
}

/** Starts a run with the command that the server has printed, and returns its ID. */
async function startRun({ output, shell, check }) {
  const [command = 'no command that starts a run'] = /curl -X POST .*/.exec(output) ?? [];
  const [, id] = /"id":"([^"]+)"/.exec(await shell(`${command} --no-progress-meter`)) ?? [];
  check(id, `${command} did not start a run`);
  return id;
}

/** Watches the run until its result is there. Then starts another one with the form, and cancels it. */
async function visit(browser, url, id, check) {
  const site = await openSite(browser, url);
  site.page.setDefaultTimeout(PATIENCE);
  try {
    await site.page.locator(`a[title="${id}"]`).first().click();
    await watch(site, check);
    await cancelAnother(site, check);
  } catch (error) {
    check(false, `${error.message.split('\n').slice(0, 6).join('\n')}\nthe page: ${await site.text()}`);
  }
  const wrong = [...site.errors, ...site.violations(), ...site.strangers];
  check(wrong.length === 0, `the page had errors, or asked others: ${wrong.join('; ')}`);
  await site.close();
}

async function watch({ page, status }, check) {
  const ended = page.locator('.run .head .status', { hasText: /SUCCEEDED|FAILED|CANCELLED/ });
  const values = new Set();
  for (const end = Date.now() + PATIENCE; await ended.count() === 0 && Date.now() < end;) {
    const value = await page.getByRole('progressbar', { name: 'Progress' }).evaluate((bar) => bar.value, undefined, { timeout: 500 }).catch(() => undefined);
    if (value !== undefined) values.add(value);
    await page.waitForTimeout(200);
  }
  check(values.size >= VALUES, `the progress bar has had the values ${[...values].join(', ')}, which are less than ${VALUES}`);
  await status('SUCCEEDED');
  const result = JSON.parse(await page.locator('.result pre').innerText());
  const [, printed] = /::result (.*)/.exec(await page.locator('.lines', { hasText: '::result' }).innerText());
  check(JSON.stringify(result) === printed, `the page shows the result ${JSON.stringify(result)}, but the job has printed ${printed}`);
}

async function cancelAnother({ page, status }, check) {
  const first = page.url();
  await page.getByRole('link', { name: 'New run' }).first().click();
  await page.getByRole('button', { name: 'Start run' }).click();
  await page.waitForURL((url) => /#\/runs\//.test(url.href) && url.href !== first);
  const runningOrEnded = page.locator('.run .head .status', { hasText: /RUNNING|SUCCEEDED|FAILED/ });
  await runningOrEnded.waitFor();
  if (!check(/RUNNING/.test(await runningOrEnded.innerText()), 'a run is over before its page has said that it runs, so that it cannot be cancelled')) return;
  await page.getByRole('button', { name: 'Cancel run' }).click();
  await page.locator('dialog').getByRole('button', { name: 'Cancel run' }).click();
  await status('CANCELLED');
}
