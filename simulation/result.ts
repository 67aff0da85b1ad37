import { Finding, FINDING_KINDS, FindingKind } from './findings';

/** The result of some seeds of a scenario, or of all of them. */
export interface ScenarioResult {
  readonly scenario: string;
  readonly seeds: number;
  readonly runs: number;
  /** How many runs have a finding of a kind. A run with two findings of one kind counts once. */
  readonly counts: Record<FindingKind, number>;
  readonly maxDelaySeconds: number;
  readonly maxTransitions: number;
  /** Real time, not the time of the virtual clock. */
  readonly milliseconds: number;
  readonly failures: Failure[];
}

export interface Failure {
  readonly seed: number;
  readonly findings: Finding[];
}

export function noFindings(): Record<FindingKind, number> {
  return Object.fromEntries(FINDING_KINDS.map((kind) => [kind, 0])) as Record<FindingKind, number>;
}

/** The result of two sets of seeds of one scenario. */
export function mergeResults(a: ScenarioResult, b: ScenarioResult): ScenarioResult {
  const counts = noFindings();
  for (const kind of FINDING_KINDS) counts[kind] = a.counts[kind] + b.counts[kind];
  return {
    scenario: a.scenario,
    seeds: a.seeds + b.seeds,
    runs: a.runs + b.runs,
    counts,
    maxDelaySeconds: Math.max(a.maxDelaySeconds, b.maxDelaySeconds),
    maxTransitions: Math.max(a.maxTransitions, b.maxTransitions),
    milliseconds: a.milliseconds + b.milliseconds,
    failures: [...a.failures, ...b.failures],
  };
}

export function hasPassed(results: ScenarioResult[]): boolean {
  return results.every(({ counts }) => FINDING_KINDS.every((kind) => counts[kind] === 0));
}
