// The validator and the maker of requests, one input at a time.
import { timeOf } from './growth.mjs';
import { EXECUTION, JOBS, QUEUES } from './jobs.mjs';
import { problemOfSubmission } from './submissions.mjs';

/** The most characters of a message. The cause of a failed run has at most 32,768: https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskFailure.html */
const MESSAGE = 4_096;
/** Milliseconds that an input may take, and that each of its characters may add. A longer time is measured again. */
const [PATIENCE, PER_CHARACTER] = [20, 0.001];
const SAMPLE = 20_000;

export class Validator {
  /** What some accepted inputs must have. */
  static KINDS = ['parameters', 'a body', 'Base64', 'a list', 'environment', 'command', 'vcpus', 'memory', 'gpus', 'arraySize', 'shareIdentifier', 'schedulingPriority', 'objects', 'another round'];

  accepted = 0;
  refused = 0;
  slowest = 0;
  /** Numbers of accepted inputs. */
  kinds = new Map();
  /** Messages of refusals, without what they quote. */
  messages = new Set();
  /** Different requests, as JSON. */
  sample = new Set();

  #subject;
  #problemOfRequest;
  #stride;

  /** @param stride of so many accepted inputs, one is kept in the sample */
  constructor(subject, problemOfRequest, stride) {
    this.#subject = subject;
    this.#problemOfRequest = problemOfRequest;
    this.#stride = stride;
  }

  /** Reads a text as an input and as a message, and forgets the result: for the time that it takes. */
  work(text) {
    for (const kind of ['from before there was a choice', 'that allows everything']) this.#outcomeOf(JSON.parse(text), { kind, token: 't', redrive: 0 });
    this.#subject.readWatchMessage(text, true);
  }

  problemOf(json, request) {
    const input = JSON.parse(json);
    let outcome;
    const took = timeOf(() => { outcome = this.#outcomeOf(input, request); });
    return this.#problemOfTime(took, json, input, request)
      ?? (outcome.error ? this.#problemOfError(outcome.error, json) : this.#problemOfAccepted(input, request, outcome));
  }

  #outcomeOf(input, { kind, token, redrive, nextRound }) {
    const job = JOBS[kind];
    try {
      const parsed = this.#subject.parseRunInput(input, job);
      const execution = { Id: EXECUTION, Input: input, RedriveCount: redrive };
      return { parsed, made: this.#subject.jobRequest({ job, execution, retryCount: 0, token, nextRound }, parsed, 'f'.repeat(32), QUEUES) };
    } catch (error) {
      return { error };
    }
  }

  #problemOfTime(took, json, input, request) {
    const most = PATIENCE + json.length * PER_CHARACTER;
    const least = took <= most ? took : Math.min(...[1, 2, 3].map(() => timeOf(() => this.#outcomeOf(input, request)))); // without the pauses of the process
    this.slowest = Math.max(this.slowest, least);
    return least > most ? `${json.length} characters take ${least.toFixed(0)} ms` : undefined;
  }

  #problemOfError(error, json) {
    this.refused++;
    if (!(error instanceof this.#subject.InvalidInput)) return `${error?.name} is thrown, and not InvalidInput: ${error?.message}`;
    const { message } = error;
    if (this.messages.size < 1_000) this.messages.add(message.replace(/'(\\.|[^'\\])*'|\d+|Ref::\S+|"(\\.|[^"\\])*"/g, '_').slice(0, 60));
    if (message.length > MESSAGE) return `the message has ${message.length} characters`;
    if (/[\p{Cc}\p{Cf}]/u.test(message) || !message.isWellFormed()) return `the message has what cannot be printed: ${JSON.stringify(message)}`;
    const empty = /undefined|\[object |NaN/.exec(message)?.[0];
    const isQuoted = empty !== undefined && (json.includes(empty) || json.includes('isBase64Encoded')); // Base64 hides what is quoted
    return empty === undefined || isQuoted ? undefined : `the message says nothing: ${message}`;
  }

  #problemOfAccepted(input, request, { parsed, made }) {
    this.accepted++;
    this.#count(input, request, parsed, made);
    const json = JSON.stringify(made.submission);
    if (this.accepted % this.#stride === 0 && this.sample.size < SAMPLE) this.sample.add(json);
    return this.#problemOfRequest('batch', 'SubmitJob', made.submission)
      ?? this.#problemOfRequest('batch', 'SubmitJob', JSON.parse(json)) // what is sent
      ?? problemOfSubmission(made, JOBS[request.kind]);
  }

  #count(input, { kind, nextRound }, parsed, { objects }) {
    const item = Object(Array.isArray(input) ? input[0] : input);
    const has = {
      [`job ${kind}`]: true,
      'parameters': Object.keys(parsed.parameters).length > 0,
      'a body': 'body' in item,
      'Base64': item.isBase64Encoded === true,
      'a list': Array.isArray(input),
      'environment': Object.keys(parsed.environment).length > 0,
      'objects': objects.length > 0,
      'another round': nextRound !== undefined,
      ...Object.fromEntries(['command', 'vcpus', 'memory', 'gpus', 'arraySize', 'shareIdentifier', 'schedulingPriority'].map((name) => [name, parsed[name] !== undefined])),
    };
    for (const name of Object.keys(has).filter((each) => has[each])) this.kinds.set(name, (this.kinds.get(name) ?? 0) + 1);
  }
}
