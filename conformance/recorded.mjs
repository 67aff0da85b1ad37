// The emulator answers as AWS itself answered. ../shared/recorded has the recordings; where it is missing, the suite is not run.
import fs from 'node:fs';
import { Findings, SELF_TEST } from './common/findings.mjs';
import { at } from '../tasks/project.mjs';

const RECORDED = at('..', 'shared', 'recorded');

if (!fs.existsSync(RECORDED)) {
  console.log('not run: ../shared/recorded is not there');
} else {
  const findings = new Findings('recorded');
  // A part is a module that exports `check...(findings, directory, { selfTest })`.
  const isPart = (name) => name.endsWith('.part.mjs') || name === 'executions.mjs';
  for (const file of fs.readdirSync(at('conformance', 'recorded')).filter(isPart).sort()) {
    const module = await import(`./recorded/${file}`);
    for (const [name, check] of Object.entries(module)) if (/^check[A-Z]/.test(name)) await check(findings, RECORDED, { selfTest: SELF_TEST });
  }
  findings.end();
}
