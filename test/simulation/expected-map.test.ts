import { findingsOf, Observed, world } from './observed';

const ITEM = { size: 'canary of an item' };
const ARN = 'arn:aws:states:us-east-1:1:mapRun:Each/Each:map-1-5';

/** A map over a list of one item, whose run ends with an exit code. What differs from the usual is given by name. */
function mapOver({ exitCode = 0, asked = {}, share = {} }: { readonly exitCode?: number; readonly asked?: object; readonly share?: object } = {}): Observed {
  const observed: Observed = world({ job: 'shareIdentifier' in share ? 'Shared' : 'Listed', input: { parameters: ITEM, ...share }, rounds: [{ ending: `exit ${exitCode}` }] });
  const [{ execution: { startedAt, stoppedAt, output } }] = observed.runs;
  const hasFailed = exitCode > 0;
  const told = { mapRunArn: ARN, results: { Bucket: 'bucket', Key: 'manifest.json' }, runs: { total: 1, succeeded: hasFailed ? 0 : 1, failed: hasFailed ? 1 : 0, timedOut: 0, aborted: 0 } };
  observed.maps.push({
    execution: hasFailed
      ? { name: 'map-1', status: 'FAILED', error: 'RunsFailed', cause: JSON.stringify(told), startedAt, stoppedAt }
      : { name: 'map-1', status: 'SUCCEEDED', output: told, startedAt, stoppedAt },
    asked: { format: 'jsonLines', maxConcurrency: 1, ...asked },
    items: [ITEM],
    results: [{ item: { index: 0, parameters: ITEM }, ...hasFailed ? { error: 'ExitCode' } : { output } }],
  });
  return observed;
}
const map = (observed: Observed) => observed.maps[0];
const run = (observed: Observed) => observed.runs[0].execution;

test('the oracle finds nothing in a map whose run succeeds, fails, or has a share', () => {
  expect(findingsOf(mapOver())).toEqual([]);
  expect(findingsOf(mapOver({ exitCode: 3 }))).toEqual([]);
  expect(findingsOf(mapOver({ share: { shareIdentifier: 'research' }, asked: { shareIdentifier: 'research' } }))).toEqual([]);
});

test.each<[string, Parameters<typeof mapOver>[0], (observed: Observed) => void, RegExp]>([
  ['an item without a run', {}, (o) => { map(o).items = [ITEM, { size: 'another' }]; }, /item 1 has 0 runs/],
  ['an item with two runs', {}, (o) => { o.runs.push(o.runs[0]); }, /item 0 has 2 runs/],
  ['a run with other parameters', {}, (o) => { map(o).items = [{ size: 'another' }]; }, /item 0 has 0 runs/],
  ['a run with the share of the job', { asked: { shareIdentifier: 'urgent' } }, () => undefined, /item 0 has 0 runs/],
  ['more runs at once than the map may have', { asked: { maxConcurrency: 0 } }, () => undefined, /1 runs of the map at once, more than 0/],
  ['a map that goes on for ever', {}, (o) => { map(o).execution.status = 'RUNNING'; }, /hung: the map is still running/],
  ['a map that succeeds with a failed run', { exitCode: 3 }, (o) => { delete map(o).execution.error; }, /the error of the map is undefined, not RunsFailed/],
  ['a map that fails with no failed run', {}, (o) => { map(o).execution.error = 'RunsFailed'; }, /the error of the map is RunsFailed, not undefined/],
  ['a map that fails with a run that it tolerates', { exitCode: 3, asked: { toleratedFailurePercentage: 100 } }, () => undefined, /the error of the map is RunsFailed, not undefined/],
  ['a map that tolerates more failed runs than it may', { exitCode: 3, asked: { toleratedFailurePercentage: 99 } }, () => undefined, /the error of the map is RunsFailed, not States\.ExceedToleratedFailureThreshold/],
  ['a run that was stopped by a map that goes on', {}, (o) => { run(o).status = 'ABORTED'; }, /the run was aborted, and no user had stopped it/],
  ['a wrong number of items', {}, (o) => { map(o).execution.output.runs.total = 2; }, /the map's runs\.total is 2, not 1/],
  ['a wrong number of failed runs', {}, (o) => { map(o).execution.output.runs.failed = 1; }, /the map's runs\.failed is 1, not 0/],
  ['an unknown field', {}, (o) => { map(o).execution.output.token = 'x'; }, /the map's output has the field token/],
  ['no place of the results', {}, (o) => { delete map(o).execution.output.results; }, /does not name its map run and its results/],
  ['no map run', {}, (o) => { map(o).execution.output.mapRunArn = 'arn'; }, /does not name its map run and its results/],
  ['results that cannot be read', {}, (o) => { delete map(o).results; }, /the result files of the map cannot be read/],
  ['a line too many', {}, (o) => { map(o).results.push({ item: {} }); }, /the result files have 2 lines for 1 items/],
  ['a line of another item', {}, (o) => { map(o).results[0].item = { index: 1, parameters: ITEM }; }, /the result files have no line for item 0/],
  ['a line with another output', {}, (o) => { map(o).results[0].output = {}; }, /the result files have another output of item 0/],
  ['a line with another error', { exitCode: 3 }, (o) => { map(o).results[0].error = 'OutOfMemory'; }, /the result files have the error OutOfMemory for item 0, not ExitCode/],
])('the oracle finds %s', (_, options, lie, finding) => {
  const observed = mapOver(options);
  lie(observed);
  expect(findingsOf(observed).join('\n')).toMatch(finding);
});

test('runs may be stopped when more runs have failed than the map tolerates', () => {
  const observed = mapOver({ exitCode: 3, asked: { toleratedFailurePercentage: 40 } });
  const { execution } = map(observed);
  Object.assign(execution, { error: 'States.ExceedToleratedFailureThreshold', cause: 'The specified tolerated failure threshold was exceeded' });
  const item = { size: 'another' };
  map(observed).items = [ITEM, item];
  const stopped = { ...run(observed), name: 'run-2', input: { parameters: item }, status: 'ABORTED', error: undefined, cause: undefined, output: undefined };
  observed.runs.push({ ...observed.runs[0], execution: stopped });
  map(observed).asked.maxConcurrency = 2;
  expect(findingsOf(observed).join('\n')).not.toMatch(/aborted|error of the map|has 0 runs/);
});
