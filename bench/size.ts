import { execFileSync } from 'child_process';
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';

const ROOT = path.join(__dirname, '..');
const TIMES = 9;

export interface Bundle {
  readonly bundle: string;
  readonly kilobytes: number;
  readonly loadMs: number;
}

/** The size of each bundle, and how long Node.js takes to load it: the median of several processes, minus one that loads nothing. */
export function size(): Bundle[] {
  const bundles = ['submit', 'check', 'api'].map((name) => path.join('assets', 'functions', name, `${name}.lambda`, 'index.js'));
  const cli = path.join(ROOT, 'bin', 'heavy-batch.js');
  const nothing = loading('');
  return [
    ...bundles.map((bundle) => ({
      bundle,
      kilobytes: kilobytes(fs.statSync(path.join(ROOT, bundle)).size),
      loadMs: Math.round(loading(`require(${JSON.stringify(withDocument(path.join(ROOT, bundle)))})`) - nothing),
    })),
    { bundle: 'bin/heavy-batch.js', kilobytes: kilobytes(fs.statSync(cli).size), loadMs: Math.round(loading(`process.argv.push('heavy-batch', '--help'); require(${JSON.stringify(cli)})`) - nothing) },
    { bundle: 'the npm package, packed', kilobytes: kilobytes(packed()), loadMs: Math.round(loading(`require(${JSON.stringify(ROOT)})`) - nothing) },
  ];
}

/** A copy of a bundle, with a document beside it: that of an API is made at synth, and is read when the function is loaded. */
function withDocument(bundle: string): string {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'bench-'));
  fs.writeFileSync(path.join(directory, 'openapi.json'), '{"openapi": "3.1.1", "paths": {}}');
  fs.copyFileSync(bundle, path.join(directory, 'index.js'));
  return path.join(directory, 'index.js');
}

function loading(code: string): number {
  const times = Array.from({ length: TIMES }, () => {
    const started = performance.now();
    execFileSync(process.execPath, ['-e', code || '0'], { stdio: 'ignore', env: { ...process.env, AWS_REGION: 'us-east-1' } });
    return performance.now() - started;
  });
  return times.sort((a, b) => a - b)[Math.floor(TIMES / 2)];
}

function packed(): number {
  const [{ size: bytes }] = JSON.parse(execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  return bytes;
}

function kilobytes(bytes: number): number {
  return Math.round(bytes / 1024);
}
