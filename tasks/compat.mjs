// Compares the public API with that of a commit: what breaks its users is an error, unless .compatignore says that it was decided.
//
//   node tasks/compat.mjs [commit]    without one: the last tag
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const place = path.join(root, '.cache', 'compat');
const env = { ...process.env, JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '1', JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION: '1' };

const base = process.argv[2] ?? lastTag();
if (!base) {
  console.log('no tag yet: there is no API that could break');
  process.exit(0);
}
process.stderr.write(`compiling the API of ${base} ...\n`);
fs.rmSync(place, { recursive: true, force: true });
fs.mkdirSync(place, { recursive: true });
const archive = path.join(place, 'base.tar');
run('git', ['archive', '--output', archive, base]);
run('tar', ['-xf', archive, '-C', place]);
fs.symlinkSync(path.join(root, 'node_modules'), path.join(place, 'node_modules'), 'dir');
run('npx', ['jsii'], place);
const { status, stdout, stderr } = spawnSync('npx', ['jsii-diff', place, root, '--keys', '--error-on', 'all', '--ignore-file', path.join(root, '.compatignore')], { cwd: root, env, encoding: 'utf8' });
fs.rmSync(place, { recursive: true, force: true });
const broken = stdout.includes('API elements with incompatible changes');
if (status !== 0 && !broken) {
  console.error(`jsii-diff exited with ${status}\n${stderr}`);
  process.exit(2);
}
console.log(broken ? stdout.trim() : `nothing that ${base} offers was broken`);
if (broken) console.log(`The above breaks users of ${base}. Where that was decided, add the keys in brackets to .compatignore, with the reason.`);
process.exit(broken ? 1 : 0);

function lastTag() {
  const answer = spawnSync('git', ['describe', '--tags', '--abbrev=0'], { cwd: root, encoding: 'utf8' });
  return answer.status === 0 ? answer.stdout.trim() : undefined;
}

function run(command, args, cwd = root) {
  const answer = spawnSync(command, args, { cwd, env, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (answer.status === 0) return;
  console.error(`${command} ${args.join(' ')} exited with ${answer.status}\n${answer.stdout}${answer.stderr}`);
  process.exit(2);
}
