// Known advisories about the packages of the lock file, as `npm help audit` describes them.
import { step } from './step.mjs';

/**
 * The advisories that npm knows, in two lists: about packages that ship, and about packages that only build and test this one.
 * `unchecked` says why nothing is known: some registries do not answer this question.
 */
export async function advisories(shipped) {
  const { stdout } = await step('npm audit', 'npm', ['audit', '--json'], { check: false });
  return readAudit(stdout, shipped);
}

export function readAudit(stdout, shipped) {
  let report;
  try {
    report = JSON.parse(stdout);
  } catch {
    return { unchecked: 'npm audit wrote no JSON', shipping: [], building: [] };
  }
  if (report.vulnerabilities === undefined) return { unchecked: report.message ?? report.error?.summary ?? 'npm audit has no answer', shipping: [], building: [] };
  const found = Object.values(report.vulnerabilities).flatMap(({ name, severity, via }) => (
    via.filter((advisory) => typeof advisory === 'object').map(({ title, url }) => ({ name, line: `${name}: ${severity}: ${title}: ${url}` }))));
  const ships = ({ name }) => shipped.includes(name);
  return { shipping: found.filter(ships).map(({ line }) => line), building: found.filter((one) => !ships(one)).map(({ line }) => line) };
}
