// The emulator answers as AWS itself answered. ../shared/recorded has the recordings; where it is missing, the suite is not run.
import fs from 'node:fs';
import path from 'node:path';
import { Findings } from './common/findings.mjs';
import { at } from '../tasks/project.mjs';

const RECORDED = at('..', 'shared', 'recorded');

if (!fs.existsSync(RECORDED)) {
  console.log('not run: ../shared/recorded is not there');
} else {
  const selfTest = process.argv.includes('--self-test');
  const findings = new Findings('recorded');
  // A part is a module that exports functions `check...(findings, directory, selfTest)`.
  for (const file of fs.readdirSync(at('conformance', 'recorded')).filter((name) => /^(executions|.*\.part)\.mjs$/.test(name)).sort()) {
    const module = await import(`./recorded/${file}`);
    for (const [name, check] of Object.entries(module)) if (/^check[A-Z]/.test(name)) await check(findings, RECORDED, { selfTest });
  }
  findings.end();
}
