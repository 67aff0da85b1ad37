// Prepares a clone: installs what is missing and builds what is out of date. It does nothing, quickly, when everything is there.
// With --quick it builds only what was never built: the quick tests compile the sources themselves.
import fs from 'node:fs';
import path from 'node:path';
import { Progress } from './progress.mjs';
import { at } from './project.mjs';
import { script, step } from './step.mjs';

const lock = at('.cache', 'prepare.lock');
const quick = process.argv.includes('--quick');

fs.mkdirSync(path.dirname(lock), { recursive: true });
await script(() => exclusively(prepare));

async function prepare() {
  if (!fs.existsSync(at('node_modules')) || changedAt(at('package-lock.json')) > changedAt(at('.cache', 'installed'))) {
    await step('installing packages from npm', 'npm', ['install', '--no-save', '--no-fund', '--no-audit', '--loglevel=error']);
    record('installed');
  }
  // Examples import the library by its name, as an app does.
  if (!fs.existsSync(at('node_modules', 'cdk-heavy-batch'))) fs.symlinkSync('..', at('node_modules', 'cdk-heavy-batch'), 'dir');
  const sources = Math.max(...['src', 'emulator', 'cli', 'console', 'tasks/console.mjs', 'tasks/third-party.mjs', '.projenrc.ts', 'package-lock.json'].map((file) => changedAt(at(file))));
  const built = ['lib', 'assets', 'bin', 'THIRD-PARTY-LICENSES.txt', 'sbom.cdx.json'].every((name) => fs.existsSync(at(name)));
  if (!built || (!quick && sources > changedAt(at('.cache', 'built')))) {
    await step('bundling the functions, the command line and the web page', 'npx', ['projen', 'pre-compile']);
    await step('compiling the library', 'npx', ['projen', 'compile']);
    record('built');
  }
}

/** When a file, or the newest file of a directory, was last changed; 0 for a file that does not exist. */
function changedAt(file) {
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  if (!stat) return 0;
  return stat.isDirectory() ? Math.max(0, ...fs.readdirSync(file).map((entry) => changedAt(path.join(file, entry)))) : stat.mtimeMs;
}

function record(name) {
  fs.writeFileSync(at('.cache', name), new Date().toISOString());
}

/** Only one process prepares at a time; the others wait. The lock of a process that no longer exists is removed. */
async function exclusively(work) {
  const end = new Progress().begin('waiting for another process that prepares this clone');
  for (;;) {
    try {
      fs.writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch {
      const owner = Number(fs.existsSync(lock) ? fs.readFileSync(lock, 'utf8') : 0);
      if (owner && !isAlive(owner)) fs.rmSync(lock, { force: true });
      else await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
  end();
  try {
    await work();
  } finally {
    fs.rmSync(lock, { force: true });
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
