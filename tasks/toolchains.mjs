// The programs that the checks need besides Node.js: the only place that says which of them a machine of CI may lack.
import { step } from './step.mjs';

/** Without one of these, CI fails. */
const NEEDED = ['git', 'tar', 'curl', 'openssl', 'npm', 'python3', 'java', 'mvn', 'go'];

/** What CI does without, and what is then not checked. */
const EXCEPTIONS = { dotnet: 'the C# package is generated, but neither compiled nor used' };

async function isInstalled(tool) {
  return (await step(tool, 'sh', ['-c', `command -v ${tool}`], { check: false })).status === 0;
}

/** Those of the programs that are not installed. */
export async function missingOf(tools) {
  const installed = await Promise.all(tools.map(isInstalled));
  return tools.filter((_, index) => !installed[index]);
}

/** Whether a program must not be missing: CI skips nothing but what is an exception. */
export function isNeeded(tool) {
  return Boolean(process.env.CI) && !(tool in EXCEPTIONS);
}

/** Fails where a program is missing. Returns a line for each exception that this machine makes use of. */
export async function requireToolchains() {
  const missing = await missingOf(NEEDED);
  if (missing.length > 0) throw new Error(`not installed on this machine: ${missing.join(', ')}`);
  return (await missingOf(Object.keys(EXCEPTIONS))).map((tool) => `${tool} is not installed on this machine: ${EXCEPTIONS[tool]}`);
}
