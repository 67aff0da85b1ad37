// The reader of the messages, and the whole check function with AWS in memory, some messages at a time.
import { EXECUTION, QUEUES, TOKEN } from './jobs.mjs';

/** The types of what is read: the names of the fields of each kind of message. */
const READ = {
  checkJob: ({ check }) => typeof check.jobId === 'string' && typeof check.token === 'string' && typeof check.since === 'number',
  jobEvent: ({ jobId }) => typeof jobId === 'string',
  checkRun: ({ execution }) => typeof execution === 'string',
  cleanUp: ({ cleanUp }) => typeof cleanUp.execution === 'string' && typeof cleanUp.redrive === 'number',
};

const RUN = {
  execution: EXECUTION, round: 1, vcpus: 1, memory: 2048, maxMemory: 8192, queue: QUEUES.jobQueues[0], queueTimeout: 3600, logGroup: '/log', watchQueue: QUEUES.watchQueue, earlier: [],
};

/** What only a message can cause that neither the functions nor EventBridge write: texts without an end. */
const REFUSED = /^the length of /;

/** Every second message is of our own role. */
const isOwn = (index) => index % 2 === 0;
const senderOf = (index) => ({ SenderId: isOwn(index) ? 'AROAOWN:session' : 'AIDASTRANGER' });

/** The record of a round, as S3 returns it. */
const RECORD = JSON.stringify({ submissionIds: ['id'], jobId: 'job-1', token: TOKEN });

export class CheckFunction {
  static KINDS = [...Object.keys(READ), 'none'];

  count = 0;
  /** Numbers of messages by what they were read as. */
  kinds = new Map();
  /** Numbers of calls. */
  calls = new Map();

  #subject;
  #problemOfRequest;
  #found;
  #problem;
  #lines = [];

  constructor(subject, problemOfRequest) {
    this.#subject = subject;
    this.#problemOfRequest = problemOfRequest;
    Object.assign(process.env, { WATCH_QUEUE_URL: QUEUES.watchQueue, JOB_QUEUES: QUEUES.jobQueues.join(), AWS_REGION: 'us-east-1', PAYLOAD_BUCKET: 'bucket', SENDERS: 'AROAOWN' });
  }

  async problemOf({ bodies, found, run, redrive }) {
    for (const [index, body] of bodies.entries()) {
      const problem = this.#problemOfReading(body, isOwn(index));
      if (problem) return problem;
    }
    const name = this.#subject.jobName({ executionArn: EXECUTION, redrive, round: 1 });
    const context = run === 'its run' ? JSON.stringify({ ...RUN, redrive }) : run;
    this.#found = { ...found, jobName: name, parameters: { ...context === undefined ? {} : { heavyBatchRun: context } } };
    return this.#problemOfHandling(bodies);
  }

  #problemOfReading(body, own) {
    this.count++;
    let message;
    try {
      message = this.#subject.readWatchMessage(body, own);
    } catch (error) {
      return `readWatchMessage throws ${error}`;
    }
    const kind = message?.kind ?? 'none';
    this.kinds.set(kind, (this.kinds.get(kind) ?? 0) + 1);
    return message === undefined || READ[kind]?.(message) ? undefined : `it is read as ${JSON.stringify(message)}`;
  }

  async #problemOfHandling(bodies) {
    this.#problem = undefined;
    this.#lines = [];
    this.#subject.answerCalls((service, action, input) => this.#answer(service, action, input));
    const { log } = console;
    console.log = (line) => this.#lines.push(line);
    try {
      const { batchItemFailures } = await this.#subject.checkFunction({ Records: bodies.map((body, index) => ({ messageId: `m${index}`, body, attributes: senderOf(index) })) });
      if (!batchItemFailures.every(({ itemIdentifier }) => /^m\d$/.test(itemIdentifier))) return `a message is returned that did not arrive: ${JSON.stringify(batchItemFailures)}`;
    } catch (error) {
      return `the function throws ${error}`;
    } finally {
      console.log = log;
    }
    return this.#problem ?? this.#problemOfLog();
  }

  #problemOfLog() {
    const wrong = this.#lines.find((line) => line.includes('\n') || line.includes(TOKEN) || typeof JSON.parse(line) !== 'object' || /TypeError|RangeError/.test(JSON.parse(line).error));
    return wrong === undefined ? undefined : `a line of the log is wrong: ${wrong.slice(0, 500)}`;
  }

  /** AWS: most jobs exist, every list is empty, every token is open, and every execution runs. What it refuses of a forged message ends in the dead-letter queue. */
  #answer(service, action, input) {
    const call = `${service} ${action}`;
    this.calls.set(call, (this.calls.get(call) ?? 0) + 1);
    const problem = this.#problemOfRequest(service, action, input);
    if (problem && REFUSED.test(problem)) throw Object.assign(new Error(problem), { name: 'ValidationException' });
    if (problem) this.#problem ??= `${call}: ${problem}: ${JSON.stringify(input).slice(0, 300)}`;
    switch (action) {
      case 'DescribeJobs': return { jobs: input.jobs.filter((id) => id !== 'job-3').map((jobId) => ({ ...this.#found, jobId })) };
      case 'ListJobs': return { jobSummaryList: [] };
      case 'DescribeExecution': return { status: 'RUNNING', redriveCount: 0 };
      case 'GetObject': return { ContentLength: RECORD.length, Body: { transformToString: async () => RECORD, transformToByteArray: async () => Buffer.from(RECORD) } };
      case 'SendMessageBatch': return { Successful: [], Failed: [] };
      default: return {};
    }
  }
}
