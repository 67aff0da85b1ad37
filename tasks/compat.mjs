// Compares the public API with the API of a commit. A change that breaks users is an error, unless .compatignore lists it as decided.
//
//   node tasks/compat.mjs [commit]    without a commit: the last tag
import fs from 'node:fs';
import path from 'node:path';
import { at, ROOT } from './project.mjs';
import { script, step, StepError } from './step.mjs';

const BROKEN = 1;
const NOT_COMPARED = 2;

await script(async () => {
  const base = process.argv[2] ?? await lastTag();
  if (!base) {
    console.log('there is no tag yet, and so no API to break');
    return;
  }
  try {
    const broken = await breakingChanges(base);
    console.log(broken ?? `nothing in the API of ${base} was broken`);
    if (broken) console.log(`The changes above break users of ${base}. If they were decided, add the keys in brackets to .compatignore, with the reason.`);
    process.exitCode = broken ? BROKEN : 0;
  } catch (error) {
    throw error instanceof StepError ? new StepError(error.message, NOT_COMPARED) : error;
  }
});

/** The report of jsii-diff, or undefined when nothing was broken. */
async function breakingChanges(base) {
  const directory = at('.cache', 'compat');
  fs.rmSync(directory, { recursive: true, force: true });
  fs.mkdirSync(directory, { recursive: true });
  try {
    const archive = path.join(directory, 'base.tar');
    await step(`git archive of ${base}`, 'git', ['archive', '--output', archive, base]);
    await step('unpacking', 'tar', ['-xf', archive, '-C', directory]);
    fs.symlinkSync(at('node_modules'), path.join(directory, 'node_modules'), 'dir');
    await step(`compiling the API of ${base}`, 'npx', ['jsii'], { cwd: directory });
    const { status, stdout, output } = await step('comparing', 'npx', ['jsii-diff', directory, ROOT, '--keys', '--error-on', 'all', '--ignore-file', at('.compatignore')], { check: false });
    const broken = stdout.includes('API elements with incompatible changes');
    if (status !== 0 && !broken) throw new StepError(`jsii-diff exited with ${status}\n${output}`, status);
    return broken ? stdout.trim() : undefined;
  } finally {
    fs.rmSync(directory, { recursive: true, force: true });
  }
}

async function lastTag() {
  const { status, stdout } = await step('git describe', 'git', ['describe', '--tags', '--abbrev=0'], { check: false });
  return status === 0 ? stdout.trim() : undefined;
}
