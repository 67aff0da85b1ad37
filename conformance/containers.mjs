// Runs the same jobs in containers and as processes, with the command line that ships. A container of Podman and runc says what is right.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Findings, sampleInCi, SELF_TEST } from './common/findings.mjs';
import { BREAKS, brokenProgram } from './containers/breaks.mjs';
import { differences, unexpected } from './containers/compare.mjs';
import { prepareEngine } from './containers/engine.mjs';
import { readJobs, synthesizeJobs } from './containers/images.mjs';
import { runOf } from './containers/runs.mjs';
import { at } from '../tasks/project.mjs';
import { forEach } from '../tasks/step.mjs';

/** By hand: `JOBS=volume npm run conformance -- containers` runs the jobs whose name has this text, and `KINDS=container` only one kind of run. */
const { JOBS = '', KINDS = 'container,process' } = process.env;
/** Most of a run waits for programs of the engine. */
const AT_ONCE = 3;
/** All of them take some minutes. */
const CI_JOBS = 30;

const { env, end, reason } = await prepareEngine();
if (reason) {
  console.log(`not run: ${reason}`);
  process.exit(0);
}

const findings = new Findings('containers');
const jobs = await readJobs();
const apps = await synthesizeJobs(jobs);
const temporary = fs.mkdtempSync(path.join(os.tmpdir(), 'heavy-batch-containers-'));
const run = (job, docker, program = at('bin', 'heavy-batch.js')) => runOf(job, { program, apps, docker, env, temporary });
try {
  if (SELF_TEST) await playBreaks();
  else await compareAll(sampleInCi(jobs.filter(({ name }) => name.includes(JOBS)), CI_JOBS), KINDS.split(','));
} finally {
  fs.rmSync(temporary, { recursive: true, force: true });
  await end();
}
findings.end();

async function compareAll(chosen, kinds) {
  const explained = [];
  let compared = 0;
  await forEach(chosen, async (job) => {
    const container = kinds.includes('container') ? await runContainer(job) : undefined;
    const local = kinds.includes('process') && job.asProcess !== false ? await run(job, false) : undefined;
    if (container) report(`${job.name}, in a container`, unexpected(container, job.expected));
    if (local) report(`${job.name}, as a process`, unexpected(local, job.asProcess ?? job.expected));
    if (!container || !local) return;
    compared++;
    const found = differences(container, local, job.varies);
    if (job.differs) explained.push({ name: job.name, reason: job.differs, isUsed: found.length > 0 });
    else report(`${job.name}, as a process compared with a container`, found.map(({ text }) => text).join('\n  '));
  }, AT_ONCE);
  findings.explained(explained);
  console.log(`${chosen.length} jobs, ${compared} of them in a container and as a process`);
}

/** An engine that is busy may fail to start a container. The run then has a further attempt, as it should, and says why; it is not what is compared. */
async function runContainer(job) {
  const first = await run(job, true);
  if (job.attempts !== undefined || !(first.attempts > 1)) return first;
  console.log(`${job.name}: runs again, because the engine failed: ${first.retries.join('; ')}`);
  return run(job, true);
}

function report(title, problem) {
  findings.check(!problem, `${title}:\n  ${problem}`);
}

/** Each break is in the source of a runtime, and has a job that must see it. */
async function playBreaks() {
  await forEach(BREAKS, async ({ title, change, docker, job: name }) => {
    const job = jobs.find((candidate) => candidate.name === name);
    const program = await brokenProgram(change);
    try {
      findings.broken(title);
      report(title, unexpected(await run(job, docker, program), job.expected));
    } finally {
      fs.rmSync(program, { force: true });
    }
  }, 1);
}
