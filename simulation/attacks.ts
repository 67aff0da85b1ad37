import type { RunRecord } from './observations';
import type { Attack } from './scenario';
import type { Emulator } from '../emulator/emulator';
import type { BatchJob } from '../emulator/services/batch/batch';
import type { SqsMessage } from '../emulator/services/sqs/sqs';
import { jobName } from '../src/contract/job-name';

/** A message of the watch queue that was sent before, by anyone. */
export interface SeenMessage {
  readonly queueArn: string;
  readonly message: SqsMessage;
}

export interface Target {
  readonly run: RunRecord;
  /** The run's job. Undefined before it is submitted. */
  readonly job?: BatchJob;
  /** All messages so far. An attacker cannot read the queue, but may have got its messages from a backup or a debugger. */
  readonly seen: readonly SeenMessage[];
}

/** The bucket of the attacker. */
export const FOREIGN_BUCKET = 'bucket-of-the-attacker';

/** Redrives and rounds that a forged job may name, which its run has not come to. */
const OTHER_ROUNDS = [{ redrivesLater: 1, round: 1 }, { redrivesLater: 0, round: 9_999 }, { redrivesLater: 50, round: 3 }];

/**
 * What an attacker does. The attacker has no access to the bucket and to Step Functions, and knows everything else: how this library works, the
 * ARNs of executions, the parameters of jobs, and the messages. Nothing of this may end, answer, adopt or stop a run.
 */
export class Attacker {
  private readonly foreignJobs: string[] = [];
  private forged = 0;

  constructor(
    private readonly emulator: Emulator,
    private readonly onForeignJob: (jobId: string) => void,
    private readonly onTermination: (jobId: string, reason: string) => void,
  ) {}

  perform(attack: Attack, { run, job, seen }: Target): void {
    // A job is known to others only after the millisecond of its submission.
    const target = { run, job: job && job.createdAt < this.emulator.clock.now() ? job : undefined, seen };
    switch (attack) {
      case 'forge a job':
        this.forgeJob(target);
        return;
      case 'forge a job of another round':
        this.forgeJob(target, OTHER_ROUNDS[this.forged % OTHER_ROUNDS.length]);
        return;
      case 'forge messages':
        this.forgeMessages(target);
        return;
      case 'replay messages':
        [...target.seen].forEach(({ queueArn, message: { body } }) => this.emulator.sqs.send(queueArn, body, 0));
        return;
      case 'name another job as the original':
        this.nameOriginal(target);
    }
  }

  /** Submits a job that looks like the job of the run: with its name, which is predictable, and with the context of a job of the run, or an invented one. */
  private forgeJob({ run: { execution }, job }: Target, { redrivesLater, round } = { redrivesLater: 0, round: 1 }): void {
    const redrive = execution.redriveCount + redrivesLater;
    const context = {
      ...JSON.parse(job?.plan.parameters.heavyBatchRun ?? '{}'),
      execution: execution.arn,
      redrive,
      round,
      submissionId: job && this.forged % 2 === 0 ? JSON.parse(job.plan.parameters.heavyBatchRun).submissionId : 'f'.repeat(32),
      vcpus: 1,
      memory: 1024,
      queue: this.queueOf(job),
      queueTimeout: 1,
      logGroup: 'attacker',
      result: `s3://${FOREIGN_BUCKET}/result`,
      earlier: [],
    };
    this.forged++;
    this.submit(job, jobName({ executionArn: execution.arn, redrive, round }), { heavyBatchRun: JSON.stringify(context), heavyBatchToken: 'x'.repeat(600) });
  }

  /**
   * Sends messages in the forms of our own: checks of the job with limits that have passed and with a token that an attacker got hold of, checks of
   * forged jobs with tokens of runs, orders to clean up, and events about forged jobs.
   */
  private forgeMessages({ run: { execution }, job, seen }: Target): void {
    const tokens = ['no token', ...seen.map(({ message: { body } }) => /"token":"([^"]+)"/.exec(body)?.[1] ?? '').filter(Boolean)];
    const foreign = this.foreignJobs;
    const now = this.emulator.clock.now();
    const unchanged = ['RUNNABLE', 'STARTING 0', 'RUNNING 0'].map((state) => ({ state, since: 0, terminatedAt: 0 }));
    const bodies = [
      { cleanUp: { execution: execution.arn, redrive: 99 } },
      { checkRun: { execution: execution.arn } },
      ...[...foreign, ...job ? [job.jobId] : []].flatMap((jobId) => [
        { 'source': 'aws.batch', 'detail-type': 'Batch Job State Change', 'detail': { jobId } },
        ...tokens.slice(-2).flatMap((token) => [
          { checkJob: { jobId, token, since: now + 1e9 } },
          ...unchanged.map((state) => ({ checkJob: { jobId, token, since: now, unchanged: state } })),
        ]),
      ]),
    ];
    for (const { queueArn } of this.emulator.deployment.eventSources) bodies.forEach((body) => this.emulator.sqs.send(queueArn, JSON.stringify(body), 0));
  }

  /** Ends the job in the words of this library for a duplicate, so that the run would wait for a job of the attacker. */
  private nameOriginal({ job }: Target): void {
    if (!job || job.isOver) return;
    const reason = `heavy-batch: duplicate of ${this.foreignJobs[0] ?? 'a-job-of-the-attacker'}`;
    this.onTermination(job.jobId, reason);
    void this.emulator.batch.handle({ action: 'TerminateJob', input: { jobId: job.jobId, reason } });
  }

  /** Submits a copy of a job under the same name, with all its parameters: what "Clone job" in the console does. */
  clone(job: BatchJob): void {
    this.submit(job, job.plan.jobName, job.plan.parameters);
  }

  private submit(job: BatchJob | undefined, name: string, parameters: Readonly<Record<string, string>>): void {
    const jobDefinition = job?.plan.definition.arn ?? this.emulator.deployment.jobDefinitions[0].arn;
    const input = { jobName: name, jobQueue: this.queueOf(job), jobDefinition, parameters: { ...parameters } };
    void this.emulator.batch.handle({ action: 'SubmitJob', input }).then((response) => {
      const { jobId } = response as { jobId: string };
      this.foreignJobs.push(jobId);
      this.onForeignJob(jobId);
    });
  }

  private queueOf(job: BatchJob | undefined): string {
    return job?.plan.queue.arn ?? this.emulator.deployment.jobQueues[0].arn;
  }
}
