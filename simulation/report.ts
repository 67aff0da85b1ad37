import { Finding, FINDING_KINDS, FindingKind } from './findings';
import type { ScenarioResult } from './result';

/** The document that `--json` prints. */
export interface JsonReport {
  readonly scenarios: ScenarioReport[];
}

export interface ScenarioReport extends Record<FindingKind, number> {
  readonly name: string;
  readonly seeds: number;
  readonly maxDelaySeconds: number;
  readonly maxTransitions: number;
}

export function jsonReport(results: ScenarioResult[]): JsonReport {
  return {
    scenarios: results.map(({ scenario, seeds, counts, maxDelaySeconds, maxTransitions }) => (
      { name: scenario, seeds, ...counts, maxDelaySeconds, maxTransitions })),
  };
}

/** The same report as a table for readers. */
export function textReport(results: ScenarioResult[]): string {
  const head = ['scenario', 'seeds', ...FINDING_KINDS, 'max delay', 'max transitions', 'ms per seed'];
  const rows = results.map(({ scenario, seeds, counts, maxDelaySeconds, maxTransitions, milliseconds }) => [
    scenario,
    String(seeds),
    ...FINDING_KINDS.map((kind) => String(counts[kind])),
    formatSeconds(maxDelaySeconds),
    String(maxTransitions),
    (milliseconds / seeds).toFixed(0),
  ]);
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column].length)));
  const padded = (cell: string, column: number) => column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]);
  return [head, ...rows].map((row) => row.map(padded).join('  ')).join('\n');
}

export function formatFinding({ kind, run, message }: Finding): string {
  return `${kind}: ${run}: ${message}`;
}

function formatSeconds(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7_200 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3_600).toFixed(1)} h`;
}
