import { changeOutput, findingsOf, Observed, scenarioWith, TOKEN, world, WorldOptions } from './observed';

const SUCCESS: WorldOptions = { input: { parameters: { size: 'canary of the input' }, containerOverrides: { environment: { TOPIC: 'canary of a variable' } } }, rounds: [{ ending: 'exit 0', result: '{"rows":3}' }] };
const FAILURE: WorldOptions = { rounds: [{ ending: 'exit 3' }] };
const GROWN: WorldOptions = { job: 'Growing', rounds: [{ ending: 'out of memory, exit 137' }, { ending: 'exit 0', memory: 2000 }] };
const ARRAY: WorldOptions = { input: { arraySize: 3 }, children: ['exit 0', 'exit 7', 'exit 0'] };
const RICH: WorldOptions = { job: 'Rich' };
const SHARED: WorldOptions = { job: 'Shared' };

const job = (observed: Observed) => observed.jobs[0];
const request = (observed: Observed) => [...observed.attempts.values()][0].request;
const attempt = (observed: Observed) => [...observed.attempts.values()][0];
const submission = (observed: Observed) => observed.submissions[0].input;
const execution = (observed: Observed) => observed.runs[0].execution;
const output = (change: (output: Observed) => void) => (observed: Observed) => changeOutput(observed, change);
const log = (line: object | string) => (observed: Observed) => observed.logs.push({ at: 0, functionPath: 'Check', line: typeof line === 'string' ? line : JSON.stringify(line) });

test.each<[string, WorldOptions]>([
  ['a run that succeeds', SUCCESS],
  ['a run that fails', FAILURE],
  ['a run with two rounds', GROWN],
  ['a run of an array job', ARRAY],
  ['a run of a job with many props', RICH],
  ['a run on a queue with shares', SHARED],
])('the oracle finds nothing in %s', (_, options) => {
  expect(findingsOf(world(options))).toEqual([]);
});

test('what happened is what the container did, whatever the status of its job is', () => {
  const observed = world(SUCCESS);
  attempt(observed).ending = { ...attempt(observed).ending, outcome: 'ExitCode' };
  expect(findingsOf(observed)).toContain("wrong: the run's outcome is SUCCEEDED, and the actual outcome is ExitCode");
});

type Lie = [string, WorldOptions, (observed: Observed) => void, RegExp];

describe('what a container gets', () => {
  test.each<Lie>([
    ['another word', SUCCESS, (o) => { request(o).command[1] = 'other'; }, /command is \["work","other"\], not \["work","canary of the input"\]/],
    ['no command', SUCCESS, (o) => { delete request(o).command; }, /command is undefined/],
    ['another value of a variable', SUCCESS, (o) => { request(o).environment.TOPIC = 'other'; }, /environment\.TOPIC is "other"/],
    ['no variable of the input', SUCCESS, (o) => { delete request(o).environment.TOPIC; }, /environment\.TOPIC is undefined/],
    ['no variable of the job', SUCCESS, (o) => { delete request(o).environment.MODE; }, /environment\.MODE is undefined/],
    ['a variable that nobody asked for', SUCCESS, (o) => { request(o).environment.MORE = 'x'; }, /environment\.MORE is "x", not undefined/],
    ['the id of another run', SUCCESS, (o) => { request(o).environment.HEAVY_BATCH_RUN_ID = 'run-1'; }, /HEAVY_BATCH_RUN_ID is "run-1"/],
    ['another round', GROWN, (o) => { request(o).environment.HEAVY_BATCH_ROUND = '2'; }, /HEAVY_BATCH_ROUND is "2", not "1"/],
    ['no place for its result', SUCCESS, (o) => { job(o).plan.environment.HEAVY_BATCH_RESULT = undefined; }, /is to write its result to ''/],
    ['a place for its result in another bucket', SUCCESS, (o) => { job(o).plan.environment.HEAVY_BATCH_RESULT = 's3://other/results/a'; }, /is to write its result to 's3:\/\/other/],
    ['the place of another round', GROWN, (o) => { o.jobs[1].plan.environment.HEAVY_BATCH_RESULT = job(o).plan.environment.HEAVY_BATCH_RESULT; }, /are to write their results to the same object/],
    ['other vCPUs', SUCCESS, (o) => { request(o).vcpus = 3; }, /vcpus is 3, not 1/],
    ['other memory', SUCCESS, (o) => { request(o).memory = 3000; }, /memory is 3000, not 1000/],
    ['too much memory in the next round', GROWN, (o) => { o.attempts.get('job-2/1').request.memory = 3000; }, /memory is 3000, not 2000/],
    ['GPUs', SUCCESS, (o) => { request(o).gpus = 1; }, /gpus is 1, not 0/],
    ['no volume', RICH, (o) => { request(o).mounts = []; }, /mounts is \[\]/],
    ['a volume that it may write to', RICH, (o) => { request(o).mounts = request(o).mounts.map((mount: object) => ({ ...mount, readOnly: false })); }, /mounts is/],
    ['another role', SUCCESS, (o) => { request(o).jobRoleArn = 'other'; }, /jobRoleArn is "other"/],
    ['another image', SUCCESS, (o) => { delete request(o).image; }, /image is false/],
  ])('%s', (_, options, lie, finding) => {
    const observed = world(options);
    lie(observed);
    expect(findingsOf(observed).join('\n')).toMatch(finding);
  });
});

describe('what AWS Batch is asked', () => {
  test.each<Lie>([
    ['another parameter', SUCCESS, (o) => { submission(o).parameters.size = 'other'; }, /parameters\.size is "other"/],
    ['no parameter', SUCCESS, (o) => { delete submission(o).parameters.size; }, /parameters\.size is undefined/],
    ['no context', SUCCESS, (o) => { delete submission(o).parameters.heavyBatchRun; }, /hasContext is false/],
    ['no tags', SUCCESS, (o) => { delete submission(o).tags; }, /tags\.team is undefined, not "simulation"/],
    ['another tag', RICH, (o) => { submission(o).tags = { 'team': 'simulation', 'cost center': '43' }; }, /tags\.cost center is "43"/],
    ['another array size', ARRAY, (o) => { submission(o).arrayProperties.size = 2; }, /arraySize is 2, not 3/],
    ['no share', SHARED, (o) => { delete submission(o).shareIdentifier; }, /shareIdentifier is undefined, not "research"/],
    ['another priority', SHARED, (o) => { submission(o).schedulingPriorityOverride = 8; }, /schedulingPriority is 8, not 7/],
    ['no priority', SHARED, (o) => { delete job(o).plan.definition.properties.SchedulingPriority; }, /schedulingPriority is undefined, not 7/],
    ['a time-out of its own', SUCCESS, (o) => { submission(o).timeout = { attemptDurationSeconds: 60 }; }, /timeout is/],
    ['a queue of another compute', SUCCESS, (o) => { submission(o).jobQueue = 'other'; }, /isOnQueueOfJob is false/],
    ['the definition of another job', SUCCESS, (o) => { job(o).plan.definition.path = 'Simulation/Other/Container'; }, /isOfJob is false/],
    ['three times the attempts', SUCCESS, (o) => { job(o).plan.attempts = 9; }, /attempts is 9, not 3/],
    ['three times the time of an attempt', SUCCESS, (o) => { job(o).plan.timeoutSeconds = 10_800; }, /attemptTimeout is 10800, not 3600/],
    ['no secret', RICH, (o) => { job(o).plan.definition.properties.ContainerProperties.Secrets = []; }, /secrets is \[\], not \[\["PASSWORD","simulation"\]\]/],
    ['another secret', RICH, (o) => { job(o).plan.definition.properties.ContainerProperties.Secrets[0].ValueFrom = 'arn:aws:secretsmanager:us-east-1:1:secret:other'; }, /secrets is \[\["PASSWORD","other"\]\]/],
    ['another default', SUCCESS, (o) => { job(o).plan.definition.properties.Parameters.size = '2'; }, /defaults\.size is "2"/],
    ['tags that do not reach the task', SUCCESS, (o) => { job(o).plan.definition.properties.PropagateTags = false; }, /propagateTags is false/],
    ['another log group', SUCCESS, (o) => { job(o).plan.definition.properties.ContainerProperties.LogConfiguration.Options['awslogs-group'] = 'other'; }, /logGroup is "other"/],
    ['another runTimeout', SUCCESS, (o) => { o.app.timeoutSeconds = 60; }, /the run may take 60 s/],
  ])('%s', (_, options, lie, finding) => {
    const observed = world(options);
    lie(observed);
    expect(findingsOf(observed).join('\n')).toMatch(finding);
  });
});

describe('the objects of an input', () => {
  const LONG = 'canary '.repeat(2000);
  const uri = (name: string) => `s3://bucket/payloads/folder/hb-0-1-id/${name}`;
  /** An input that goes through the bucket. */
  const shortened = (): Observed => {
    const observed = world({ input: { parameters: { size: LONG } } });
    const { plan } = job(observed);
    submission(observed).parameters.size = plan.parameters.size = uri('parameters/size');
    request(observed).command = plan.command = ['work', uri('parameters/size')];
    plan.environment.HEAVY_BATCH_INPUT = request(observed).environment.HEAVY_BATCH_INPUT = uri('input.json');
    observed.puts = [['parameters/size', LONG], ['input.json', JSON.stringify({ parameters: { size: LONG }, environment: {} })]].map(([name, body]) => ({ bucket: 'bucket', key: `payloads/folder/hb-0-1-id/${name}`, body }));
    attempt(observed).objects = observed.puts;
    return observed;
  };

  test('that are right are no finding', () => {
    expect(findingsOf(shortened())).toEqual([]);
  });

  test.each<[string, (observed: Observed) => void, RegExp]>([
    ['another body', (o) => { o.puts[0].body = 'other'; }, /command is \["work","other"\]/],
    ['a body that is cut', (o) => { o.puts[0].body = LONG.slice(0, -1); }, /parameters\.size is/],
    ['another body of the whole input', (o) => { o.puts[1].body = '{"parameters":{},"environment":{}}'; }, /the object with the whole input of job-1: parameters\.size is undefined/],
    ['more in the whole input', (o) => { o.puts[1].body = o.puts[1].body.replace('{"parameters"', '{"token":1,"parameters"'); }, /others\.token is 1/],
    ['a body that the container does not get', (o) => { attempt(o).objects = []; }, /command is \["work","s3:/],
    ['an object that the container may not read', (o) => { attempt(o).refusal = 'no policy allows s3:GetObject'; }, /was refused: no policy allows s3:GetObject/],
    ['no object', (o) => { o.puts = []; }, /no object was made/],
    ['an object that nobody reads', (o) => { o.puts.push({ ...o.puts[0], key: 'payloads/folder/hb-0-1-id/more' }); }, /nothing in job-1 refers to the object/],
    ['an object of another job', (o) => { o.puts.push({ ...o.puts[0], key: 'payloads/folder/hb-9-1-id/more' }); }, /is of no job/],
    ['another bucket', (o) => { o.puts.forEach((object: Observed) => { object.bucket = 'other'; }); }, /is at s3:\/\/other/],
    ['another folder', (o) => { o.puts.forEach((object: Observed) => { object.key = object.key.replace('payloads/', 'results/'); }); }, /not in payloads\//],
    ['a body that changes', (o) => { o.puts.push({ ...o.puts[0], body: 'later' }); }, /was overwritten with another body/],
    ['no variable for the whole input', (o) => { delete job(o).plan.environment.HEAVY_BATCH_INPUT; }, /HEAVY_BATCH_INPUT of job-1 is undefined/],
  ])('%s', (_, lie, finding) => {
    const observed = shortened();
    lie(observed);
    expect(findingsOf(observed).join('\n')).toMatch(finding);
  });

  test('are not made for an input that fits', () => {
    const observed = world();
    observed.puts = [{ bucket: 'bucket', key: 'payloads/folder/hb-0-1-id/a', body: 'a' }];
    expect(findingsOf(observed).join('\n')).toMatch(/1 object\(s\) were made for job-1, although 0 characters fit/);
  });
});

describe('the output', () => {
  const fields = Object.keys(execution(world(SUCCESS)).output);

  test.each(fields)('%s that is missing', (field) => {
    const observed = world(SUCCESS);
    changeOutput(observed, (o) => { delete o[field]; });
    expect(findingsOf(observed).join('\n')).toContain(`the output's ${field}`.replace("'s resultUri", "'s result"));
  });

  test.each(fields)('%s that is nonsense', (field) => {
    const observed = world(SUCCESS);
    changeOutput(observed, (o) => { o[field] = 'nonsense'; });
    expect(findingsOf(observed).join('\n')).toContain(`the output's ${field}`);
  });

  test.each<Lie>([
    ['a field that nobody knows', SUCCESS, output((o) => { o.more = 1; }), /the output's more is 1, not undefined/],
    ['an output that is none', FAILURE, (o) => { execution(o).cause = 'it failed'; }, /the output is undefined/],
    ['another exit code', FAILURE, output((o) => { o.exitCode = 0; }), /exitCode is 0, not 3/],
    ['another reason', FAILURE, output((o) => { o.reason = 'Unknown'; }), /reason is "Unknown", not "ExitCode"/],
    ['no message', FAILURE, output((o) => { o.message = null; }), /message is null/],
    ['a message that says nothing', FAILURE, output((o) => { o.message = 'it failed'; }), /message does not contain '3'/],
    ['a result of a run that failed', FAILURE, output((o) => { o.result = 1; }), /result is one that no container wrote/],
    ['seconds that are milliseconds', SUCCESS, output((o) => { o.ranSeconds = 60_000; }), /ranSeconds is 60000, not 60/],
    ['the log of another job', SUCCESS, output((o) => { o.logsUrl = o.logsUrl.replace(/.$/, '9'); }), /logsUrl shows/],
    ['a hint beside a log', SUCCESS, output((o) => { o.logsHint = 'no container started, so there is no log'; }), /logsHint is/],
    ['another result', SUCCESS, output((o) => { o.result = { rows: 4 }; }), /result is not the 10 characters/],
    ['no result', SUCCESS, output((o) => { o.result = null; }), /result is not the 10 characters/],
    ['an error instead of the result', SUCCESS, output((o) => { Object.assign(o, { result: null, resultError: 'it could not be read' }); }), /result is not the 10 characters/],
    ['no earlier round', GROWN, output((o) => { o.earlierRounds = []; }), /earlierRounds is \[\]/],
    ['an earlier round with another reason', GROWN, output((o) => { o.earlierRounds[0].reason = 'Unknown'; }), /earlierRounds is/],
    ['fewer attempts', GROWN, output((o) => { o.attempts = 1; }), /attempts is 1, not 2/],
    ['fewer rounds', GROWN, output((o) => { o.rounds = 1; }), /rounds is 1, not 2/],
    ['an array that is none', SUCCESS, output((o) => { o.array = {}; }), /the job is no array job/],
    ['no array', ARRAY, output((o) => { delete o.array; }), /array\.size is undefined, not 3/],
    ['another array size', ARRAY, output((o) => { o.array.size = 4; }), /array\.size is 4, not 3/],
    ['other numbers of children', ARRAY, output((o) => { o.array.children = { SUCCEEDED: 3 }; }), /array\.children is/],
    ['a failed child that is not told', ARRAY, output((o) => { o.array.firstFailed = []; }), /array\.firstFailed\.0 is undefined/],
    ['another index of a failed child', ARRAY, output((o) => { o.array.firstFailed[0].index = 2; }), /array\.firstFailed\.0 is/],
    ['another reason of a failed child', ARRAY, output((o) => { o.array.firstFailed[0].reason = 'OutOfMemory'; }), /array\.firstFailed\.0 is/],
    ['a failed child without a message', ARRAY, output((o) => { o.array.firstFailed[0].message = ''; }), /message of child 1 is ''/],
    ['a failed child without its exit code', ARRAY, output((o) => { o.array.firstFailed[0].message = 'x'; }), /message of child 1 is 'x', without '7'/],
    ['no list of failed children', ARRAY, output((o) => { delete o.array.firstFailed; }), /array\.firstFailed is undefined/],
    ['a message with another number of children', ARRAY, output((o) => { o.message = '2 of 3 children failed'; }), /message does not contain '1 of 3'/],
  ])('%s', (_, options, lie, finding) => {
    const observed = world(options);
    lie(observed);
    expect(findingsOf(observed).join('\n')).toMatch(finding);
  });

  test.each<[string, string, RegExp]>([
    ['AttemptTimeout', 'Job attempt duration exceeded timeout', /^$/],
    ['AttemptTimeout', 'x', /does not say which time was over/],
    ['Stuck', 'heavy-batch: starting too long (10800 s): STARTING', /^$/],
    ['Stuck', 'heavy-batch: starting too long (32400 s): STARTING', /does not say which time was over/],
  ])('%s with the message %s', (reason, message, finding) => {
    const observed = world({ rounds: [{ ending: 'never' }] });
    Object.assign(attempt(observed), { stopped: true, ...reason === 'Stuck' ? {} : { stoppedAt: attempt(observed).startedAt + 3_600_000, endedAt: undefined } });
    if (reason === 'Stuck') {
      observed.terminations.push({ jobId: 'job-1', at: job(observed).startedAt - 1000, by: 'function', reason: message });
    }
    execution(observed).error = reason;
    changeOutput(observed, (o) => Object.assign(o, { reason, message }));
    expect(findingsOf(observed).filter((found) => found.includes('message')).join('\n')).toMatch(finding);
  });

  test.each<[string, object, RegExp | undefined]>([
    ['InvalidInput', { errorType: 'InvalidInput', errorMessage: "'parameters.colour' is not a parameter of this job; it takes size", trace: [] }, undefined],
    ['InvalidInput', { errorType: 'InvalidInput', errorMessage: "'parameters.colour' is wrong", trace: [] }, /does not say why/],
    ['InvalidInput', { errorType: 'InvalidInput', errorMessage: "'containerOverrides.vcpus' is not a number, and it must be one", trace: [] }, /names no field of the input/],
    ['InvalidInput', { errorType: 'InvalidInput', errorMessage: "'parameters.colour' is not a parameter of this job", trace: ['    at parse (index.js:1:1)'] }, /does not say why/],
    ['JobNotFound', { errorType: 'JobNotFound', errorMessage: 'the job was submitted long ago; redrive the run to do the work again', trace: [] }, undefined],
    ['JobNotFound', { errorType: 'JobNotFound', errorMessage: 'the job was submitted long ago, and it is not there', trace: [] }, /does not say what to do/],
    ['InvalidInput', { errorType: 'InvalidInput', errorMessage: 'the input is not valid, please look at the guide', trace: [] }, /names no field of the input/],
    ['InvalidInput', { errorType: 'InvalidInput', errorMessage: 'the input is a list of 2 items, but a run has one; give one', trace: [] }, /names no field of the input/],
    ['OrchestrationFailed', {}, /does not say why/],
  ])('%s with the cause %j', (error, cause, finding) => {
    const observed = world({ input: { parameters: { colour: 'red' } } });
    Object.assign(observed, { jobs: [], submissions: [], invocations: [], attempts: new Map(), logs: [], calls: [] });
    Object.assign(observed, { logs: [], calls: [] });
    Object.assign(execution(observed), { status: 'FAILED', error, cause: JSON.stringify(cause), output: undefined, history: [{ type: 'ExecutionFailed' }] });
    const findings = findingsOf(observed, scenarioWith({ expects: [error as 'InvalidInput'] }));
    expect(findings.join('\n')).toMatch(finding ?? /^$/);
  });
});

test.each<[string, RegExp]>([
  ['SubmitUncertain: no answer', /^$/],
  ['SubmitUncertain: SubmitUncertain', /the last try failed with SubmitUncertain: no answer/],
  ['SubmitThrottled: no answer', /the last try failed with SubmitUncertain: no answer/],
])('a run that gave up with the cause %s', (cause, finding) => {
  const observed = world();
  const failed = { type: 'TaskFailed', details: { error: 'SubmitUncertain', cause: 'no answer' } };
  const history = [failed, { type: 'TaskStateEntered', details: { name: 'CleanUp' } }, { type: 'ExecutionFailed', details: {} }];
  Object.assign(observed, { jobs: [], submissions: [], invocations: [], attempts: new Map(), logs: [], calls: [] });
  Object.assign(execution(observed), { status: 'FAILED', error: 'OrchestrationFailed', cause, output: undefined, history });
  expect(findingsOf(observed, scenarioWith({ expects: ['OrchestrationFailed'] })).join('\n')).toMatch(finding);
});

describe('what takes too long or too much', () => {
  test.each<Lie>([
    ['a late submission', SUCCESS, (o) => { execution(o).startedAt -= 60_000; }, /61 s from the start of the run to its first job/],
    ['a run that takes longer than its bound', SUCCESS, (o) => { execution(o).stoppedAt += 7 * 3_600_000; }, /the run ended after \d+ s, more than 21600 s/],
    ['a late end', SUCCESS, (o) => { execution(o).stoppedAt += 60_000; }, /61 s from the end of a job/],
    ['an attempt beyond its time', SUCCESS, (o) => { attempt(o).endedAt += 3_600_000; }, /ran for 3660 s, and its attemptTimeout is 3600 s/],
    ['an attempt that is stopped early', SUCCESS, (o) => { attempt(o).stoppedAt = attempt(o).endedAt; }, /was told to stop after 60 s, and its attemptTimeout is 3600 s/],
    ['a job that waits beyond its queueTimeout', SUCCESS, (o) => { o.changes.get('job-1')[0].at -= 8_000_000; }, /was RUNNABLE for more than 6960 s/],
    ['a job that starts beyond its startTimeout', SUCCESS, (o) => { o.changes.get('job-1').splice(0, 2, { status: 'STARTING', at: execution(o).startedAt - 12_000_000 }); }, /was STARTING for more than/],
    ['a job that runs beyond all its times', SUCCESS, (o) => { o.changes.get('job-1')[2].at -= 7_000_000; o.changes.get('job-1').splice(0, 2); }, /was RUNNING for more than/],
    ['a queue that cancels early', { rounds: [{ ending: 'exit 1' }] }, (o) => { job(o).isCancelled = true; o.changes.get('job-1')[0].status = 'RUNNABLE'; }, /the queue cancelled job-1 after 70 s, not after 4200 s/],
    ['more attempts than the job has', SUCCESS, (o) => { job(o).attempts.push(...[1, 2, 3].map(() => job(o).attempts[0])); }, /had 4 attempts, more than 3/],
    ['many calls', SUCCESS, (o) => { o.calls.push(...Array.from({ length: 100 }, () => ({ action: 'DescribeJobs', at: 0, isAnswered: true, input: {} }))); }, /100 calls of DescribeJobs in an hour/],
    ['a message that comes again', SUCCESS, (o) => { o.mostReceives = 2; }, /a message was received 2 times/],
    ['a dead letter', SUCCESS, (o) => { o.deadLetters = 1; }, /1 message\(s\) came to a dead-letter queue/],
    ['a message of another form', SUCCESS, (o) => { o.messages.push({ at: 0, body: '{"hello":1}' }); }, /a message of no known form/],
    ['a job of no run', SUCCESS, (o) => { o.jobs.push({ ...job(o), jobId: 'other', plan: { ...job(o).plan, environment: {} } }); }, /other was submitted, and belongs to no run/],
    ['an end that comes twice', SUCCESS, (o) => { execution(o).history.push({ type: 'ExecutionSucceeded' }); }, /the run ended 2 times/],
    ['a time-out that nobody expects', SUCCESS, (o) => { Object.assign(execution(o), { status: 'TIMED_OUT', output: undefined, history: [{ type: 'ExecutionTimedOut' }] }); }, /the run's outcome is TIMED_OUT, and the actual outcome is SUCCEEDED/],
    ['a run that nobody stopped', SUCCESS, (o) => { Object.assign(execution(o), { status: 'ABORTED', output: undefined, history: [{ type: 'ExecutionAborted' }] }); }, /no user had stopped it/],
  ])('%s', (_, options, lie, finding) => {
    const observed = world(options);
    lie(observed);
    expect(findingsOf(observed).join('\n')).toMatch(finding);
  });
});

test('an old job that costs too many calls', () => {
  const observed = world(SUCCESS);
  const hours = 3_600_000;
  observed.calls.push(...[-9, -8, -7, -6, -5, -4].map((minutes) => ({ action: 'DescribeJobs', at: job(observed).createdAt + 4 * hours + minutes * 60_000, isAnswered: true, input: {} })));
  job(observed).stoppedAt = job(observed).createdAt + 5 * hours;
  expect(findingsOf(observed, scenarioWith({}, { laterCallsAnHour: 6 })).join('\n')).not.toMatch(/for a job that is old/);
  expect(findingsOf(observed, scenarioWith({}, { laterCallsAnHour: 5 })).join('\n')).toMatch(/6 calls of DescribeJobs in an hour for a job that is old/);
});

const invocation = (fields: object) => (observed: Observed) => observed.invocations.push({ functionPath: 'Check', at: 0, endedAt: 0, event: {}, ...fields });
const termination = (reason: string) => (observed: Observed) => observed.terminations.push({ jobId: 'job-1', at: Infinity, by: 'function', reason, isAnswered: true });
const line = (notice: string, fields: object) => (observed: Observed) => {
  const found = observed.logs.find((candidate: Observed) => JSON.parse(candidate.line).notice === notice);
  found.line = JSON.stringify({ ...JSON.parse(found.line), ...fields });
};

describe('the log', () => {
  test.each<Lie>([
    ['a job whose submission is not told', SUCCESS, (o) => { o.logs.shift(); }, /no log line says that job-1 was submitted/],
    ['a job that is submitted twice', SUCCESS, (o) => { o.logs.push(o.logs[0]); }, /2 log lines say that job-1 was submitted/],
    ['a job that is adopted without a word', SUCCESS, invocation({ answer: { statusCode: 200, body: { jobId: 'job-1' } } }), /no log line says that job-1 was adopted/],
    ['an outcome that is not told', SUCCESS, (o) => { o.logs.pop(); }, /a run was told 1 times that job-1 has ended, and 0 log lines say 'over'/],
    ['another verdict', FAILURE, line('over', { verdict: 'OutOfMemory' }), /the log says 'over' of job-1, FAILED OutOfMemory, and no run was told so/],
    ['another status', FAILURE, line('over', { status: 'SUCCEEDED' }), /the log says 'over' of job-1, SUCCEEDED ExitCode, and no run was told so/],
    ['a result that is not carried, and is', SUCCESS, line('over', { error: 'the output does not carry the result' }), /no run was told so/],
    ['an end in the place of another round', GROWN, line('another round', { notice: 'over' }), /the log says 'over' of job-1, FAILED OutOfMemory, and no run was told so/],
    ['another run', SUCCESS, line('over', { runId: 'run-1' }), /of the run run-1, and the job is of the run run-0-0/],
    ['another job', SUCCESS, line('submitted', { jobId: 'job-9' }), /of job-9, and of the run run-0-0, and the job is of the run undefined/],
    ['another round', GROWN, line('another round', { round: 2 }), /of job-1, and of round 2, not 1/],
    ['no round', SUCCESS, line('submitted', { round: undefined }), /of job-1, and of round undefined, not 1/],
    ['a state that the job has not had', SUCCESS, log({ notice: 'handed over', runId: 'run-0-0', jobId: 'job-1', round: 1, status: 'PENDING' }), /with the status PENDING, which it has not had/],
    ['a termination that is not told', FAILURE, termination('heavy-batch: its run ended'), /0 log lines, not 1, say that job-1 was terminated: heavy-batch: its run ended/],
    ['a termination that was none', SUCCESS, log({ notice: 'terminated', runId: 'run-0-0', jobId: 'job-1', message: 'why' }), /1 log lines, not 0, say that job-1 was terminated: why/],
    ['another reason of a termination', FAILURE, (o) => { termination('heavy-batch: its run ended')(o); log({ notice: 'terminated', runId: 'run-0-0', jobId: 'job-1', message: 'why' })(o); }, /1 log lines, not 0, say that job-1 was terminated: why/],
    ['a failure that was none', SUCCESS, log({ notice: 'failed', error: 'ServerException', message: 'DescribeJobs: why' }), /the log says that a call failed, and none did/],
    ['a failure without words', SUCCESS, log({ notice: 'failed' }), /does not say what failed/],
    ['an error of the code that is caught', SUCCESS, log({ notice: 'failed', error: 'TypeError', message: 'it is wrong' }), /Check crashed: TypeError: it is wrong/],
    ['a refusal that is not told', SUCCESS, (o) => { o.calls.push({ action: 'TerminateJob', at: 0, isAnswered: false, refusedWith: 'AccessDeniedException', input: {} }); }, /no log line says that TerminateJob failed with AccessDeniedException/],
    ['messages that are returned without a word', SUCCESS, invocation({ answer: { batchItemFailures: [{}] } }), /no log line says why the check function returned 1 message/],
    ['an error of AWS that is not told', SUCCESS, invocation({ error: { errorType: 'SubmitThrottled', errorMessage: 'SubmitJob: TooManyRequests: why', trace: [] } }), /function failed: SubmitJob: TooManyRequests: why/],
    ['noise that is not told', SUCCESS, invocation({ event: { Records: [{ body: 'noise' }] }, answer: {} }), /ignored 1 message\(s\) of no known form, and 0 log lines say so/],
    ['a line that is no JSON', SUCCESS, log('hello'), /logs what is no JSON: hello/],
    ['a notice that nobody knows', SUCCESS, log({ notice: 'hello' }), /has no known notice/],
    ['a field that nobody knows', SUCCESS, log({ notice: 'failed', input: {} }), /a log line has input/],
    ['a round that is text', SUCCESS, log({ notice: 'failed', round: '1' }), /a log line has round/],
    ['no run', SUCCESS, log({ notice: 'over', jobId: 'job-1' }), /names no run or no job/],
  ])('%s', (_, options, lie, finding) => {
    const observed = world(options);
    lie(observed);
    expect(findingsOf(observed).join('\n')).toMatch(finding);
  });
});

describe('the compute', () => {
  test.each<Lie>([
    ['three times as many vCPUs', SUCCESS, (o) => { o.app.environments[0].maxvCpus *= 3; }, /the compute's maxvCpus is \[3072\], not \[1024\]/],
    ['vCPUs that are there for nothing', SUCCESS, (o) => { o.app.environments[0].minvCpus = 1; }, /the compute's minvCpus is \[1\], not \[0\]/],
    ['Spot capacity that was not asked for', SUCCESS, (o) => { o.app.environments[0].type = 'SPOT'; }, /the compute's types is \["SPOT"\], not \["EC2"\]/],
    ['objects that never expire', SUCCESS, (o) => { delete o.app.bucket.expirationDays['payloads/']; }, /the compute's days is \{"results\/":90,"runs\/":366\}, not/],
  ])('%s', (_, options, lie, finding) => {
    const observed = world(options);
    lie(observed);
    expect(findingsOf(observed).join('\n')).toMatch(finding);
  });
});

describe('a leak', () => {
  test.each<Lie>([
    ['a token in the log', SUCCESS, log({ notice: 'failed', message: TOKEN }), /a task token is in the log/],
    ['a token in a message that needs none', SUCCESS, (o) => { o.messages.push({ at: 0, body: JSON.stringify({ checkRun: { execution: TOKEN } }) }); }, /a task token is in a message/],
    ['a token in the output', SUCCESS, output((o) => { o.token = TOKEN; }), /a task token is in the end of a run/],
    ['a value in the log', SUCCESS, log({ notice: 'failed', message: 'canary of the input' }), /a value is in the log/],
    ['a default in the log', SUCCESS, log({ notice: 'failed', message: 'canary of the default' }), /a value is in the log/],
    ['a value without a mark in the log', { input: { parameters: { size: 'something long' } } }, log({ notice: 'failed', message: 'it is something long' }), /a value is in the log/],
    ['a value in a message', SUCCESS, (o) => { o.messages.push({ at: 0, body: JSON.stringify({ checkJob: { text: 'canary of a variable' } }) }); }, /a value is in a message about a check/],
    ['a value in the output', SUCCESS, output((o) => { o.logsHint = 'canary of the job'; }), /a value is in the end of a run/],
    ['a value in the reason of a termination', FAILURE, (o) => { o.terminations.push({ jobId: 'job-1', at: 0, by: 'user', reason: 'canary of the job' }); }, /a value is in the reason of a termination/],
    ['a token in a result', SUCCESS, output((o) => { o.result = { token: TOKEN }; }), /a task token is in the output of a run/],
    ['a value in an error that was retried', SUCCESS, (o) => { execution(o).history.push({ type: 'TaskFailed', details: { error: 'SubmitThrottled', cause: 'canary of the input' } }); }, /a value is in an event of a history/],
    ['a token in an error that was retried', SUCCESS, (o) => { execution(o).history.push({ type: 'TaskFailed', details: { error: 'SubmitThrottled', cause: TOKEN } }); }, /a task token is in an event of a history/],
    ['a token in the answer of a function', SUCCESS, (o) => { o.invocations.push({ functionPath: 'Check', at: 0, endedAt: 0, event: {}, answer: { body: { token: TOKEN } } }); }, /a task token is in the answer of a function/],
    ['a value in the error of a function', SUCCESS, (o) => { o.invocations.push({ functionPath: 'Check', at: 0, endedAt: 0, event: {}, error: { errorType: 'InvalidInput', errorMessage: 'canary of the input', trace: [] } }); }, /a value is in the error of a function/],
    ['a token in the parameters of a job', SUCCESS, (o) => { submission(o).parameters.more = TOKEN; }, /a task token is in a job/],
    ['a token in a payload', SUCCESS, (o) => { o.puts.push({ bucket: 'bucket', key: 'payloads/folder/hb-0-1-id/more', body: TOKEN }); }, /a task token is in a payload/],
    ['a token in the tags', SUCCESS, (o) => { submission(o).tags = { token: TOKEN }; }, /a task token is in the tags of a job/],
  ])('%s', (_, options, lie, finding) => {
    const observed = world(options);
    lie(observed);
    expect(findingsOf(observed).join('\n')).toMatch(finding);
  });
});
