// A step of a longer task: says on standard error what it does and how long that took, and shows a command's output only when it failed.
import { spawn } from 'node:child_process';

const SILENCE = { JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '1', JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION: '1' };

/** Answers what the command printed. */
export async function step(what, command, args, { cwd, env = {}, shell = false } = {}) {
  const started = Date.now();
  process.stderr.write(`${what} ...\n`);
  const child = spawn(command, args, { cwd, shell, env: { ...process.env, ...SILENCE, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let all = '';
  child.stdout.on('data', (chunk) => { out += chunk; all += chunk; });
  child.stderr.on('data', (chunk) => { all += chunk; });
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  const seconds = `${((Date.now() - started) / 1000).toFixed(1)} s`;
  if (code !== 0) throw new Error(`${what}: '${[command, ...args].join(' ')}' exited with ${code} after ${seconds}\n${all.trim()}`);
  process.stderr.write(`${what}: ${seconds}\n`);
  return out;
}
