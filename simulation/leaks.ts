import type { Report } from './findings';
import { CANARY } from './jobs';
import type { Observations } from './observations';
import { PAYLOADS } from './payloads';

/** The characters at the end of a token by which it is recognized. */
const TOKEN_END = 24;
/** Shorter values of an input say nothing when they are found somewhere. */
const TELLING_CHARACTERS = 12;

/** Where something must not be, with a text that has all that is there. */
interface Place {
  readonly name: string;
  readonly text: string;
  /** Whether the task token belongs there: the functions pass it on in the messages about checks. */
  readonly hasTokens?: boolean;
  /** Whether values belong there: what a container wrote is its caller's. */
  readonly hasValues?: boolean;
}

/** Neither a task token nor a value of the caller or of the job's author is where others read: in logs, messages, errors, outputs and reasons. */
export function expectNoLeaks(observations: Observations, report: Report): void {
  const { logs, messages, runs, terminations, submissions, invocations, puts } = observations;
  // A function gets another token with each try, whether it submits a job or not.
  const tokens = [...new Set(invocations.flatMap(({ event }) => (event as { token?: string }).token?.slice(-TOKEN_END) ?? []))];
  const values = [CANARY, ...new Set(runs.flatMap(({ execution }) => valuesOf(execution.input)))];
  const places: Place[] = [
    { name: 'the log', text: logs.map(({ line }) => line).join('\n') },
    { name: 'the log of the API', text: observations.api?.logs.map(({ line }) => line).join('\n') ?? '' },
    { name: 'an answer of the API', text: observations.api?.exchanges.map(({ answer: { body } }) => String(body)).join('\n') ?? '' },
    { name: 'a message about a check', text: messages.filter(({ body }) => body.startsWith('{"checkJob"')).map(({ body }) => body).join('\n'), hasTokens: true },
    { name: 'a message', text: messages.filter(({ body }) => !body.startsWith('{"checkJob"')).map(({ body }) => body).join('\n') },
    { name: 'the end of a run', text: runs.map(({ execution: { error, cause, output } }) => [error, cause, withoutResult(output)].join('\n')).join('\n') },
    { name: 'the output of a run', text: runs.map(({ execution: { output } }) => JSON.stringify(output) ?? '').join('\n'), hasValues: true },
    { name: 'an event of a history', text: runs.flatMap(({ execution: { history } }) => history.map(({ details: { error, cause } = {} }) => `${error ?? ''} ${cause ?? ''}`)).join('\n') },
    { name: 'the answer of a function', text: invocations.map(({ answer }) => JSON.stringify(answer) ?? '').join('\n') },
    { name: 'the error of a function', text: invocations.flatMap(({ error }) => error ? [error.errorType, error.errorMessage, ...error.trace] : []).join('\n') },
    { name: 'the reason of a termination', text: terminations.map(({ reason }) => reason).join('\n') },
    { name: 'a job', text: submissions.map(({ input }) => JSON.stringify(input)).join('\n'), hasValues: true },
    { name: 'a payload', text: puts.filter(({ key }) => key.startsWith(PAYLOADS)).map(({ body }) => body).join('\n'), hasValues: true },
    { name: 'the tags of a job', text: submissions.map(({ input }) => JSON.stringify(input.tags ?? {})).join('\n') },
  ];
  for (const { name, text, hasTokens = false, hasValues = false } of places) {
    const token = hasTokens ? undefined : tokens.find((end) => text.includes(end));
    if (token !== undefined) report('leaked to another', `a task token is in ${name}: ...${around(text, token)}`);
    const value = hasValues ? undefined : values.find((candidate) => text.includes(candidate) || text.includes(JSON.stringify(candidate).slice(1, -1)));
    if (value !== undefined) report('leaked', `a value is in ${name}: ...${around(text, value)}`);
  }
}

/** The texts of an input's parameters, environment and command. */
function valuesOf(input: unknown): string[] {
  const [item] = [input].flat() as any[];
  const { parameters, containerOverrides } = item ?? {};
  const values = [parameters, containerOverrides?.environment, containerOverrides?.command].flatMap((texts) => typeof texts === 'object' && texts !== null ? Object.values(texts) : []);
  return values.flatMap((value) => typeof value === 'string' && value.length >= TELLING_CHARACTERS ? value.slice(0, 100) : []);
}

/** What the container wrote is its caller's, and so is what is wrong with it. */
function withoutResult(output: unknown): string {
  return JSON.stringify(output, (name, value) => name === 'result' || name === 'resultError' ? undefined : value) ?? '';
}

function around(text: string, found: string): string {
  const at = Math.max(0, text.indexOf(found));
  return text.slice(Math.max(0, at - 60), at + 60);
}
