// The breaks of the self-test: how a call of the runs is changed, and what the models must say about it.

const hasJob = (isWanted) => ({ output }) => output?.jobs?.some(isWanted);

export const BREAKS = [
  { title: 'a job without a name', call: 'batch SubmitJob', pattern: /input: .*missing required field .*jobName/, change: ({ input }) => { delete input.jobName; } },
  { title: 'a field that the API does not have', call: 'batch SubmitJob', pattern: /unknown field .*memory/, change: ({ input }) => { input.memory = 2048; } },
  { title: 'a number that is a text', call: 'batch ListJobs', pattern: /input: .*invalid type/, change: ({ input }) => { input.maxResults = '100'; } },
  { title: 'a token above the limit of the model', call: 'sfn SendTaskSuccess', pattern: /input: .*invalid length/, change: ({ input }) => { input.taskToken = 'x'.repeat(2049); } },
  { title: 'a status that does not exist', call: 'batch ListJobs', pattern: /input: .*unknown enum value/, change: ({ input }) => { input.jobStatus = 'DONE'; } },
  {
    title: 'a job in an unknown status',
    call: 'batch DescribeJobs',
    pattern: /output: .*unknown enum value/,
    isBreakable: hasJob(({ startedAt }) => startedAt),
    change: ({ output: { jobs } }) => { jobs.find(({ startedAt }) => startedAt).status = 'DONE'; },
  },
  {
    title: 'a job that runs and has not started',
    call: 'batch DescribeJobs',
    pattern: /\(RUNNING\): missing required field .*startedAt/,
    isBreakable: hasJob(({ status }) => status === 'RUNNING'),
    change: ({ output: { jobs } }) => { delete jobs.find(({ status }) => status === 'RUNNING').startedAt; },
  },
  {
    title: 'an error that the action does not have',
    call: 'sfn SendTaskSuccess',
    pattern: /returns JobGone, which is not in the model/,
    change: (call) => { Object.assign(call, { error: 'JobGone', injected: false, output: undefined }); },
  },
  { title: 'an action that the service does not have', call: 'batch SubmitJob', pattern: /has no SubmitTask/, change: (call) => { call.action = 'SubmitTask'; } },
];
