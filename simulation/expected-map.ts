import { isDeepStrictEqual } from 'node:util';
import { differences } from './differences';
import type { Report } from './findings';
import type { MapRecord, Observations, RunRecord } from './observations';
import type { Scenario } from './scenario';
import { parsedCause } from '../emulator/states/execution';
import { RUNS_FAILED } from '../src/contract/errors';

const EXCEEDED = 'States.ExceedToleratedFailureThreshold';

/** A map runs its job once for each item of its list, not more of them at once than it may, and says the truth about each. */
export function expectTrueMap({ bounds }: Scenario, observations: Observations, map: MapRecord, report: Report): void {
  const { execution, items, asked } = map;
  const runs = runsOf(observations, map);
  const exceededAt = failuresExceededAt(map, runs);
  items.forEach((item, index) => {
    const { length } = runs.filter((run) => isRunOf(map, run, item));
    if (length > 1 || (length === 0 && exceededAt === undefined)) report('wrong', `item ${index} has ${length} runs`);
  });
  const atOnce = mostAtOnce(runs);
  if (atOnce > asked.maxConcurrency) report('wrong', `${atOnce} runs of the map at once, more than ${asked.maxConcurrency}`);
  if (execution.status === 'RUNNING') {
    report('hung', `the map is still running after ${bounds.run[1] / 1000} s`);
    return;
  }
  const error = exceededAt !== undefined ? EXCEEDED : asked.toleratedFailurePercentage === undefined && runs.some(hasFailed) ? RUNS_FAILED : undefined;
  if (execution.error !== error) report('wrong', `the error of the map is ${execution.error}, not ${error}`);
  if (exceededAt === undefined) expectTrueCounts(map, runs, report);
  expectTrueResults(map, runs, report);
}

/** When so many runs of a map had failed that the others were stopped; undefined where that did not happen. */
function failuresExceededAt({ items, asked: { toleratedFailurePercentage = 100 } }: MapRecord, runs: RunRecord[]): number | undefined {
  const failures = runs.filter(hasFailed).map(({ execution }) => execution.stoppedAt!).sort((a, b) => a - b);
  return failures.find((_, index) => (index + 1) * 100 > toleratedFailurePercentage * items.length);
}

/** Whether a run was stopped since its map had failed. */
export function isStoppedByMap(observations: Observations, run: RunRecord): boolean {
  const { stoppedAt } = run.execution;
  return observations.maps.some((map) => {
    const runs = runsOf(observations, map);
    return runs.includes(run) && stoppedAt! >= (failuresExceededAt(map, runs) ?? Infinity);
  });
}

/** A run that its map stopped has not failed by itself. */
function hasFailed({ execution: { status } }: RunRecord): boolean {
  return status === 'FAILED' || status === 'TIMED_OUT';
}

/** Its items have values that no other map has, so that its runs are known by what they were given. */
function runsOf({ runs }: Observations, map: MapRecord): RunRecord[] {
  return runs.filter((run) => map.items.some((item) => isRunOf(map, run, item)));
}

function isRunOf({ asked: { shareIdentifier } }: MapRecord, { execution: { input } }: RunRecord, item: unknown): boolean {
  return isDeepStrictEqual(input, { parameters: item, ...(shareIdentifier === undefined ? {} : { shareIdentifier }) });
}

function mostAtOnce(runs: RunRecord[]): number {
  const times = runs.map(({ execution: { startedAt, stoppedAt = Infinity } }) => ({ startedAt, stoppedAt }));
  return Math.max(0, ...times.map(({ startedAt: at }) => times.filter(({ startedAt, stoppedAt }) => startedAt <= at && at < stoppedAt).length));
}

/** The output of a map, or the cause of its failure, counts the runs by their outcomes. */
function expectTrueCounts({ execution: { output, cause }, items }: MapRecord, runs: RunRecord[], report: Report): void {
  const succeeded = runs.filter(({ execution: { status } }) => status === 'SUCCEEDED').length;
  const expected = { total: items.length, succeeded, failed: items.length - succeeded, timedOut: 0, aborted: 0 };
  const { runs: found = {}, mapRunArn, results, ...others } = (output ?? parsedCause(cause) ?? {}) as Record<string, any>;
  for (const difference of differences("the map's runs", found, expected)) report('wrong', difference);
  for (const name of Object.keys(others)) report('wrong', `the map's output has the field ${name}`);
  if (!/:mapRun:/.test(mapRunArn) || typeof results?.Key !== 'string') report('wrong', `the map's output does not name its map run and its results: ${mapRunArn}, ${JSON.stringify(results)}`);
}

/** The result files have a line for each item whose run has ended by itself, with the item and the end of its run. */
function expectTrueResults({ items, execution, results }: MapRecord, runs: RunRecord[], report: Report): void {
  if (execution.error === EXCEEDED) return;
  if (!results) {
    report('wrong', 'the result files of the map cannot be read');
    return;
  }
  if (results.length !== items.length) report('wrong', `the result files have ${results.length} lines for ${items.length} items`);
  for (const { execution: { input, status, output, error } } of runs) {
    const { parameters } = input as { parameters: unknown };
    const index = items.findIndex((item) => isDeepStrictEqual(item, parameters));
    const line = results.find(({ item }) => isDeepStrictEqual(item, { index, parameters }));
    if (!line) report('wrong', `the result files have no line for item ${index}`);
    else if (status === 'SUCCEEDED' && !isDeepStrictEqual(line.output, output)) report('wrong', `the result files have another output of item ${index}: ${JSON.stringify(line.output)}`);
    else if (status !== 'SUCCEEDED' && line.error !== error) report('wrong', `the result files have the error ${line.error} for item ${index}, not ${error}`);
  }
}
