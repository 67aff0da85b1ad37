import type { Sighting, TrialResult } from './mutant-trials';
import type { Mutant } from './mutants';

/** The document that `--mutants --json` prints. */
export interface MutantReport {
  readonly mutants: { readonly rule?: number; readonly breaks: string; readonly caughtBy: string[]; readonly sightings: Sighting[] }[];
  /** The mutants that a scenario did not see which has to see them. */
  readonly notCaught: { readonly breaks: string; readonly scenario: string }[];
  /** The scenarios that no mutant turned red. */
  readonly blindScenarios: string[];
}

/** Where only some mutants were tried, `all` are given: then a scenario that was not tried with its mutants is not blind. */
export function mutantReport(results: readonly TrialResult[], scenarios: readonly string[], all: readonly Mutant[] = []): MutantReport {
  const seen = new Set(results.flatMap(({ sightings }) => sightings.filter(({ finding }) => finding !== undefined).map(({ scenario }) => scenario)));
  const tried = new Set(results.map(({ mutant: { breaks } }) => breaks));
  const promised = new Set(all.filter(({ breaks }) => !tried.has(breaks)).flatMap(({ caughtBy }) => caughtBy));
  return {
    mutants: results.map(({ mutant: { rule, breaks, caughtBy }, sightings }) => ({ rule, breaks, caughtBy, sightings })),
    notCaught: results.flatMap(({ mutant: { breaks, caughtBy }, sightings }) => sightings
      .filter(({ scenario, finding }) => finding === undefined && caughtBy.includes(scenario)).map(({ scenario }) => ({ breaks, scenario }))),
    blindScenarios: scenarios.filter((scenario) => !seen.has(scenario) && !promised.has(scenario)),
  };
}

/** A table of the scenarios, which are rows, and the mutants, which are columns with a number each. `X` is seen, and `-` is to be seen and is not. */
export function matrixText(results: readonly TrialResult[], scenarios: readonly string[]): string {
  const width = Math.max(...scenarios.map(({ length }) => length));
  const digits = String(results.length).length;
  const cell = ({ mutant: { caughtBy }, sightings }: TrialResult, name: string) => {
    const sighting = sightings.find(({ scenario }) => scenario === name);
    if (sighting?.finding !== undefined) return 'X';
    return sighting && caughtBy.includes(name) ? '-' : '.';
  };
  const head = Array.from({ length: digits }, (_, digit) => `${' '.repeat(width)}  ${results.map((__, index) => String(index + 1).padStart(digits)[digit]).join('')}`);
  const rows = scenarios.map((name) => {
    const cells = results.map((result) => cell(result, name)).join('');
    return `${name.padEnd(width)}  ${cells}  ${cells.replace(/[^X]/g, '').length}`;
  });
  const legend = results.map(({ mutant: { breaks } }, index) => `${String(index + 1).padStart(digits)}  ${breaks}`);
  return [...head, ...rows, '', ...legend].join('\n');
}
