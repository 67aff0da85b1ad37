import * as path from 'node:path';
import { verifyBundling } from './bundle';
import { matrixText, mutantReport, MutantReport } from './mutant-report';
import { runTrials, Trial, TrialResult } from './mutant-trials';
import { Mutant, readMutants } from './mutants';
import { Scenario, ScenarioError } from './scenario';
import { Seeded } from './seeded';
import type { Deployment } from '../emulator/assembly/deployment';

export interface MutantOptions {
  /** The directory of the scenarios. The mutants are beside it. */
  readonly scenarios: string;
  /** The script that the workers run. */
  readonly script: string;
  readonly workers: number;
  /** How many seeds of a scenario are simulated before a mutant counts as not seen. */
  readonly seeds?: number;
  /** Only so many mutants. */
  readonly sample?: number;
  readonly sampleSeed?: string;
  /** Only mutants that break this: a part of the text. */
  readonly mutant?: string;
  /** Each mutant against each scenario. */
  readonly matrix?: boolean;
  /** Only these scenarios, and without the matrix only the mutants that they have to see. */
  readonly scenario?: string[];
  readonly json?: boolean;
}

const SEEDS = 200;
/** A cell of the matrix that is empty says only that so few seeds did not see the mutant. */
const MATRIX_SEEDS = 4;

/** Breaks the app in many ways, one after another, and expects that the scenarios see each of them. Returns whether they did. */
export async function testMutants(deployment: Deployment, scenarios: Scenario[], options: MutantOptions): Promise<boolean> {
  const { script, workers, matrix = false, json = false } = options;
  const mutants = readMutants(path.join(options.scenarios, '..', 'mutants'));
  const tried = selectMutants(mutants, options);
  await verifyBundling(deployment);
  const names = options.scenario ?? scenarios.map(({ name }) => name);
  const isSelected = (name: string) => options.scenario === undefined || names.includes(name);
  const trials: Trial[] = tried.map((mutant) => ({ mutant, scenarios: matrix ? names : mutant.caughtBy.filter(isSelected) }));
  const seeds = options.seeds ?? (matrix ? MATRIX_SEEDS : SEEDS);
  const results = await runTrials(trials, { deployment, scenarios, seeds }, { script, workers, onResult: printResult });
  const report = mutantReport(results, names, tried.length < mutants.length ? mutants : undefined);
  process.stdout.write(json ? `${JSON.stringify(report)}\n` : `${matrix ? `${matrixText(results, names)}\n\n` : ''}${summary(report, mutants.length)}\n`);
  return report.notCaught.length === 0 && report.blindScenarios.length === 0;
}

/** All mutants, those that a text names, or a sample. Another day has another sample, and its seed is printed. */
function selectMutants(mutants: Mutant[], options: MutantOptions): Mutant[] {
  const { mutant: text, scenario, matrix = false, sample, sampleSeed = new Date().toISOString().slice(0, 10) } = options;
  const isSeen = ({ caughtBy }: Mutant) => matrix || scenario === undefined || caughtBy.some((name) => scenario.includes(name));
  const named = mutants.filter((mutant) => (text === undefined || mutant.breaks.includes(text)) && isSeen(mutant));
  if (named.length === 0 || sample === 0) throw new ScenarioError('no mutant is selected, so nothing would be tried');
  if (sample === undefined) return named;
  process.stderr.write(`a sample of ${Math.min(sample, named.length)} of ${named.length} mutants; the same again: --sample ${sample} --sample-seed ${sampleSeed}\n`);
  return sampleOf(named, sample, sampleSeed);
}

/** As many of a list as are wanted. Equal seeds give equal samples. */
export function sampleOf<T>(list: readonly T[], size: number, seed: string): T[] {
  const seeded = new Seeded(seed);
  const drawn = list.map((item, index) => ({ item, index, number: seeded.next('sample') })).sort((a, b) => a.number - b.number).slice(0, size);
  return drawn.sort((a, b) => a.index - b.index).map(({ item }) => item);
}

function printResult({ mutant: { breaks, caughtBy }, sightings, milliseconds }: TrialResult): void {
  const printed = sightings.filter(({ scenario, finding, error }) => finding ?? error ?? caughtBy.includes(scenario));
  const lines = printed.map(({ scenario, seed, finding, error }) => {
    if (finding !== undefined) return `seen by ${scenario}, seed ${seed}: ${finding.slice(0, 140)}`;
    return error === undefined ? `NOT SEEN by ${scenario}` : `NOT KNOWN of ${scenario}: ${error}`;
  });
  process.stderr.write(`${breaks} (${(milliseconds / 1000).toFixed(1)} s)\n${lines.map((line) => `  ${line}\n`).join('')}`);
}

function summary({ mutants, notCaught, blindScenarios }: MutantReport, all: number): string {
  return [
    ...notCaught.map(({ breaks, scenario }) => `NOT CAUGHT by ${scenario}: ${breaks}`),
    ...blindScenarios.map((scenario) => `BLIND: no mutant turns the scenario ${scenario} red, so it sees nothing, or it is not needed`),
    `${mutants.length - new Set(notCaught.map(({ breaks }) => breaks)).size} of ${mutants.length} mutants were caught${mutants.length < all ? `, of ${all} that there are` : ''}`,
  ].join('\n');
}
