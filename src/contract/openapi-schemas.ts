import { RUN_STATUSES } from './api-runs';
import { FAILURE_REASONS } from './errors';

/** A reference to a schema of an OpenAPI document. */
export const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

const time = (description: string) => ({ type: 'string', format: 'date-time', description });

const RUN = {
  type: 'object',
  required: ['id', 'job', 'status', 'createdAt', 'updatedAt', 'elapsedSeconds', 'redrives'],
  properties: {
    id: { type: 'string', description: 'The id of the run. It is the name of its execution.' },
    job: { type: 'string', description: 'The name of the job.' },
    status: { type: 'string', enum: RUN_STATUSES, description: 'SUBMITTED, PENDING, RUNNABLE, STARTING and RUNNING are those of AWS Batch; the others are the ends of a run.' },
    reason: { type: 'string', description: 'Why the run waits, in the words of AWS Batch.' },
    explanation: { type: 'string', description: 'Why the run waits, in plain words, and what would help.' },
    queue: ref('QueuePosition'),
    createdAt: time('When the run was requested.'),
    startedAt: time('When the container of the last attempt started.'),
    endedAt: time('When the run ended.'),
    updatedAt: time('When the run was last heard of.'),
    elapsedSeconds: { type: 'number', description: 'From the request to the end, or to now.' },
    round: { type: 'integer', minimum: 1, description: 'Which job of the run this is.' },
    attempt: { type: 'integer', minimum: 1, description: 'Which start of the container in this round this is.' },
    redrives: { type: 'integer', minimum: 0, description: 'How often the run was redriven.' },
    jobId: { type: 'string', description: 'The id of the job in AWS Batch.' },
    resources: ref('Resources'),
    cancelRequestedAt: time('When a caller asked to stop the run.'),
    failure: ref('Failure'),
    progress: ref('Progress'),
    estimate: ref('Estimate'),
    timeline: { type: 'array', items: ref('TimelineEntry'), description: 'What the run has come through, the oldest first, as events told it. Not in lists.' },
    timelineTruncated: { type: 'boolean', description: 'True where the run came through more than its timeline has, which is limited.' },
    result: { description: 'What the container of a run that succeeded gave as its result. Null when it gave none. Not in lists.' },
    resultUri: { type: 'string', description: 'The S3 URI of the result, where it is in S3. Not in lists.' },
    resultLink: ref('ResultLink'),
    resultError: { type: 'string', description: 'Why a result that may exist is not here. Not in lists.' },
    logsUrl: { type: 'string', description: 'A link to the log of the last container, in the console of AWS. It needs permissions there.' },
  },
};

const FAILURE = {
  type: 'object',
  required: ['reason'],
  properties: {
    reason: { type: 'string', description: `Why the run failed: ${FAILURE_REASONS.join(', ')}, or an error of the run itself.` },
    message: { type: 'string', description: 'The words of AWS Batch and of the container.' },
    advice: { type: 'string', description: 'What to do about it, where that is known.' },
  },
};

const RESOURCES = {
  type: 'object',
  description: 'What the container of this round has.',
  required: ['vcpus', 'memoryMiB'],
  properties: { vcpus: { type: 'number' }, memoryMiB: { type: 'integer' } },
};

const TIMELINE_ENTRY = {
  type: 'object',
  required: ['status', 'at', 'redrives'],
  properties: {
    status: { type: 'string', enum: RUN_STATUSES },
    at: time('When the run came to this status.'),
    redrives: { type: 'integer', minimum: 0 },
    round: { type: 'integer', minimum: 1 },
    attempt: { type: 'integer', minimum: 1 },
    reason: { type: 'string', description: 'Why the run waits, in the words of AWS Batch.' },
  },
};

const PROGRESS = {
  type: 'object',
  description: 'What the container last said of its progress. It is read from the log when somebody asks.',
  required: ['at'],
  properties: {
    percentage: { type: 'number', minimum: 0, maximum: 100 },
    done: { type: 'number', minimum: 0 },
    total: { type: 'number', minimum: 0 },
    message: { type: 'string' },
    at: time('When the container said it.'),
  },
};

const ESTIMATE = {
  type: 'object',
  description: 'How long earlier runs of this job took, from the request to the end. Only while a run is not over, and when at least three runs are known.',
  required: ['runs', 'medianSeconds', 'p90Seconds'],
  properties: {
    runs: { type: 'integer', description: 'How many runs it is made of.' },
    medianSeconds: { type: 'integer' },
    p90Seconds: { type: 'integer', description: 'Nine of ten runs took no longer.' },
  },
};

const QUEUE_POSITION = {
  type: 'object',
  description: 'Where a run that is RUNNABLE waits in its job queue. With a fair-share policy, later jobs of others can come before it. Not in lists.',
  required: ['at'],
  properties: {
    position: { type: 'integer', minimum: 1, maximum: 100, description: 'The place of the run. The job at 1 starts next.' },
    positionAtLeast: { type: 'integer', minimum: 101, description: 'In place of `position` where the run is not among the first 100 jobs, and AWS Batch tells no more.' },
    at: time('When the run was at this place.'),
  },
};

const RESULT_LINK = {
  type: 'object',
  description: 'Where a result can be read that is not in `result`, for example because it is too large. Who has the URL needs nothing else to read it. Not in lists.',
  required: ['url', 'expiresAt', 'size'],
  properties: {
    url: { type: 'string', format: 'uri' },
    expiresAt: time('When the URL cannot be used any more. A further request for the run gives a new one.'),
    size: { type: 'integer', description: 'Bytes.' },
  },
};

const LOG_PAGE = {
  type: 'object',
  required: ['lines'],
  properties: {
    lines: {
      type: 'array',
      items: { type: 'object', required: ['at', 'text'], properties: { at: time('When the line was written.'), text: { type: 'string' } } },
    },
    next: { type: 'string', description: 'For the lines that follow, also those that are not written yet. Not there when none will follow.' },
    reason: { type: 'string', description: 'Why there are no lines.' },
  },
};

const RUN_LIST = {
  type: 'object',
  required: ['runs'],
  properties: {
    runs: { type: 'array', items: ref('Run') },
    next: { type: 'string', description: 'For the next page. Not there on the last one.' },
  },
};

const PROBLEM = {
  type: 'object',
  description: 'https://www.rfc-editor.org/rfc/rfc9457',
  required: ['type', 'title', 'status', 'detail'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'What is wrong, and what would do.' },
    requestId: { type: 'string' },
    errors: {
      type: 'array',
      items: { type: 'object', required: ['pointer', 'detail'], properties: { pointer: { type: 'string', description: 'A JSON pointer to the field.' }, detail: { type: 'string' } } },
    },
  },
};

/** What an API answers, by the names of the schemas in its OpenAPI document. */
export const SCHEMAS = {
  Run: RUN,
  RunList: RUN_LIST,
  QueuePosition: QUEUE_POSITION,
  ResultLink: RESULT_LINK,
  LogPage: LOG_PAGE,
  Progress: PROGRESS,
  Estimate: ESTIMATE,
  Failure: FAILURE,
  Resources: RESOURCES,
  TimelineEntry: TIMELINE_ENTRY,
  Problem: PROBLEM,
};
