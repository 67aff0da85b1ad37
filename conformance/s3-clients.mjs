// Programs that call S3 as they would in AWS run as jobs of a local run: with boto3, with the AWS SDK for JavaScript, with the AWS CLI and with curl.
import fs from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { cached, hashOf } from './common/cache.mjs';
import { Findings, SELF_TEST } from './common/findings.mjs';
import { bundleBroken } from './common/modules.mjs';
import { prepareVenv } from './common/venv.mjs';
import { BREAKS } from './s3-clients/breaks.mjs';
import { at } from '../tasks/project.mjs';
import { step, synthesize } from '../tasks/step.mjs';

const PACKAGES = ['@aws-sdk/client-s3@3.1138.0', '@aws-sdk/lib-storage@3.1138.0'];
const PROGRAMS = [
  ['Python', 'python3', 'python.py'],
  ['Node', 'node', 'node.mjs'],
  ['Shell', 'sh', 'shell.sh'],
  ['Curl', 'sh', 'curl.sh'],
  // The same program with nothing in its environment but what a container has in AWS.
  ['CurlInEcs', 'node', 'in-aws.mjs', 'relative', 'sh', 'curl.sh'],
  ['CurlInEks', 'node', 'in-aws.mjs', 'full', 'sh', 'curl.sh'],
];
/** Longer than AWS Batch accepts, so that it is an object. */
const TEXT = 'x'.repeat(100_000);
const EXPECTED = { read: TEXT.length, isSame: true, listed: ['a b/big+1'], denied: 'AccessDenied' };

const findings = new Findings('s3-clients');
const programs = at('conformance', 's3-clients', 'programs');
const directory = await cached('s3-clients', hashOf(at('lib'), at('assets'), at('src'), at('package-lock.json'), at('conformance', 's3-clients'), at('conformance', 's3-clients.mjs')), async (temporary) => {
  const image = path.join(temporary, 'image');
  fs.cpSync(programs, image, { recursive: true });
  await step('installing the AWS SDK', 'npm', ['install', '--prefix', image, '--no-audit', '--no-fund', '--ignore-scripts', ...PACKAGES]);
  await synthesize('a job for each program', at('conformance', 's3-clients', 'app.ts'), path.join(temporary, 'app'), { IMAGE: image, PROGRAMS: JSON.stringify(PROGRAMS) });
});
const input = path.join(directory, 'input.json');
fs.writeFileSync(input, JSON.stringify({ parameters: { text: TEXT } }));
const tools = await prepareTools();

if (SELF_TEST) {
  for (const { title, change, program } of BREAKS) {
    findings.broken(title);
    const file = await bundleBroken(change, 'cli/main.ts');
    try {
      await check(`${title}, ${program}`, program, file);
    } finally {
      fs.rmSync(file, { force: true });
    }
  }
} else {
  for (const [program] of PROGRAMS) await check(program, program, at('bin', 'heavy-batch.js'));
}
findings.end();

/** Runs a program as a job, whose result says what it found. */
async function check(name, program, file) {
  const { stdout, output } = await step(`${program} as a job`, process.execPath, [file, 'run', `App/${program}`, '--app', path.join(directory, 'app'), '--input', input, '--json'], {
    env: { NO_COLOR: '1', PATH: [...tools, process.env.PATH].join(path.delimiter) }, check: false,
  });
  const result = resultOf(stdout);
  findings.check(isDeepStrictEqual(result, EXPECTED), `${name}: ${result === undefined ? output : JSON.stringify(result)}`);
}

function resultOf(stdout) {
  try {
    return JSON.parse(stdout).output.result;
  } catch {
    return undefined;
  }
}

/** The directories with the programs that jobs start. Processes have the programs of this machine. */
async function prepareTools() {
  const python = await prepareVenv();
  const bin = path.join(directory, 'bin');
  fs.mkdirSync(bin, { recursive: true });
  // The script of the package names the directory in which it was installed.
  fs.writeFileSync(path.join(bin, 'aws'), '#!/bin/sh\nexec python3 -m awscli "$@"\n', { mode: 0o755 });
  // Where this Python itself is: its directory in the environment has links only.
  return [bin, path.dirname(python), path.dirname(fs.realpathSync(python)), path.dirname(process.execPath)];
}
