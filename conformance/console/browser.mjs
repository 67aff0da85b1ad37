// Chromium of this machine. It is not downloaded: Debian has it as a package.
import { spawnSync } from 'node:child_process';
import { chromium } from 'playwright-core';
import { step } from '../../tasks/step.mjs';

const PROGRAMS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** A browser, or the reason why there is none. */
export async function prepareBrowser() {
  const missing = await installMissing();
  if (missing) return { reason: missing };
  const args = ['--disable-dev-shm-usage', ...process.getuid?.() === 0 ? ['--no-sandbox'] : []];
  return { browser: await chromium.launch({ executablePath: program(), headless: true, args }) };
}

function program() {
  return PROGRAMS.find((file) => spawnSync(file, ['--version'], { stdio: 'ignore' }).status === 0);
}

async function installMissing() {
  if (program()) return undefined;
  if (process.platform !== 'linux' || process.getuid() !== 0 || spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status !== 0) {
    return 'Chromium is not installed, and only root can install it with apt-get';
  }
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await step('updating the list of packages', 'apt-get', ['update', '-qq'], { env, check: false });
  const { output } = await step('installing chromium', 'apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], { env, check: false });
  return program() ? undefined : `chromium cannot be installed: ${output.trim().split('\n').at(-1)}`;
}
