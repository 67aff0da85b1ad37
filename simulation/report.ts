import { Kind, KINDS } from './oracle';
import type { Tally } from './suite';

/** The document that `--json` prints. */
export interface ReportDocument {
  readonly scenarios: ScenarioReport[];
}

export interface ScenarioReport extends Record<Kind, number> {
  readonly name: string;
  readonly seeds: number;
  readonly maxDelaySeconds: number;
  readonly maxTransitions: number;
}

export function documentOf(tallies: Tally[]): ReportDocument {
  return {
    scenarios: tallies.map(({ scenario, seeds, counts: { lost, doubled, leaked, hung, wrong }, maxDelaySeconds, maxTransitions }) => (
      { name: scenario, seeds, lost, doubled, leaked, hung, wrong, maxDelaySeconds, maxTransitions })),
  };
}

/** The same for people. */
export function tableOf(tallies: Tally[]): string {
  const head = ['scenario', 'seeds', ...KINDS, 'delay', 'transitions', 'ms a seed'];
  const rows = tallies.map(({ scenario, seeds, counts, maxDelaySeconds, maxTransitions, milliseconds }) => [
    scenario, String(seeds), ...KINDS.map((kind) => String(counts[kind])), duration(maxDelaySeconds), String(maxTransitions), (milliseconds / seeds).toFixed(0),
  ]);
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column].length)));
  return [head, ...rows].map((row) => row.map((cell, column) => column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column])).join('  ')).join('\n');
}

export function isGreen(tallies: Tally[]): boolean {
  return tallies.every(({ counts }) => KINDS.every((kind) => counts[kind] === 0));
}

function duration(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7_200 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3_600).toFixed(1)} h`;
}
