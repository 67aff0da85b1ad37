// The breaks of the self-test: how the source of a function is changed, in which kind of jobs it must be found, and how.

const SUBMIT = 'src/functions/submit/submit.lambda.ts';
const CHECK = 'src/functions/check/check-job.ts';

export const BREAKS = [
  {
    title: 'a retry that submits a second job',
    jobs: 'wait',
    bundle: 'submit',
    pattern: /a retry adopts the job: does not hold/,
    file: SUBMIT,
    from: 'adopted ?? await withSubmitErrors',
    to: 'await withSubmitErrors',
  },
  {
    title: 'a job that is terminated without a reason',
    jobs: 'wait',
    bundle: 'check',
    pattern: /batch TerminateJob input: .*missing required field .*reason/,
    file: 'src/functions/shared/batch-jobs.ts',
    from: 'new TerminateJobCommand({ jobId, reason })',
    to: 'new TerminateJobCommand({ jobId } as any)',
  },
  {
    title: 'a verdict without its cause',
    jobs: 'fail',
    bundle: 'check',
    pattern: /the run fails with the outcome of the job/,
    file: CHECK,
    from: 'error: answer.error, cause: answer.cause',
    to: 'error: answer.error',
  },
];
