// Makes a checkout ready: installs what is missing and builds what is stale. Does nothing, quickly, when all is there.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const lock = path.join(root, '.cache', 'prepare.lock');
const at = (...parts) => path.join(root, ...parts);
const newest = (file) => {
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  if (!stat) return 0;
  return stat.isDirectory() ? Math.max(0, ...fs.readdirSync(file).map((entry) => newest(path.join(file, entry)))) : stat.mtimeMs;
};
const mark = (name) => newest(at('.cache', name));
const done = (name) => fs.writeFileSync(at('.cache', name), new Date().toISOString());

fs.mkdirSync(path.dirname(lock), { recursive: true });
await exclusively(() => {
  if (!fs.existsSync(at('node_modules')) || newest(at('package-lock.json')) > mark('installed')) {
    step('installing', 'npm', ['install', '--no-save', '--no-fund', '--no-audit', '--loglevel=error']);
    done('installed');
  }
  // Examples import the library by its name, as they would elsewhere.
  if (!fs.existsSync(at('node_modules', 'cdk-heavy-batch'))) fs.symlinkSync('..', at('node_modules', 'cdk-heavy-batch'), 'dir');
  const sources = Math.max(...['src', 'emulator', 'cli', '.projenrc.ts', 'package-lock.json'].map((file) => newest(at(file))));
  const built = ['lib', 'assets', 'bin'].every((directory) => fs.existsSync(at(directory)));
  if (!built || sources > mark('built')) {
    step('bundling the functions and the command line', 'npx', ['projen', 'pre-compile'], { quiet: true });
    step('compiling', 'npx', ['projen', 'compile'], { quiet: true });
    done('built');
  }
});

function step(what, command, args, { quiet = false } = {}) {
  const started = Date.now();
  process.stderr.write(`${what} ...`);
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 1 << 28,
    env: { ...process.env, JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '1', JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION: '1' },
  });
  process.stderr.write(` ${((Date.now() - started) / 1000).toFixed(1)} s\n`);
  if (status !== 0) {
    process.stderr.write(`${stdout ?? ''}${stderr ?? ''}`);
    fs.rmSync(lock, { force: true });
    process.exit(status ?? 1);
  }
  if (!quiet && process.env.VERBOSE) process.stderr.write(stdout);
}

/** Two at once would trample each other: the second one waits. A lock of a process that is gone is nobody's. */
async function exclusively(work) {
  for (;;) {
    try {
      fs.writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch {
      const owner = Number(fs.existsSync(lock) ? fs.readFileSync(lock, 'utf8') : 0);
      if (owner && !alive(owner)) fs.rmSync(lock, { force: true });
      else await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
  try {
    work();
  } finally {
    fs.rmSync(lock, { force: true });
  }
}

function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
