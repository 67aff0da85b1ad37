import * as v from 'valibot';
import { isObject } from '../../src/contract/json-text';

/** How the container of an attempt ends. */
const ENDS = ['SUCCEEDS', 'FAILS', 'OUT_OF_MEMORY', 'SPOT_INTERRUPTION', 'NEVER'] as const;

/** Milliseconds that a container runs where its script does not say it. */
const USUAL_TIME = 60_000;
/** Milliseconds: ten years of 366 days. */
const LONGEST = 10 * 366 * 86_400_000;

const MILLISECONDS = `a whole number of milliseconds from 0 to ${LONGEST}`;
const milliseconds = v.pipe(v.number(MILLISECONDS), v.integer(MILLISECONDS), v.minValue(0, MILLISECONDS), v.maxValue(LONGEST, MILLISECONDS));

/** Batch keeps it as a number of a process: https://docs.aws.amazon.com/batch/latest/userguide/job_retries.html */
const EXIT_CODE = 'a whole number from 1 to 255';
const LINE = 'a text without line breaks: each line is an entry of its own';
const ATTEMPTS = 'a list of attempts';
const ATTEMPT = 'an object with \'ends\', \'runsFor\', \'output\', \'result\' or \'exitCode\'';
const JOB = "the construct path of a job, for example 'Stack/Report'";

const attempt = v.pipe(
  v.strictObject({
    runsFor: v.optional(milliseconds, USUAL_TIME),
    output: v.optional(v.array(v.pipe(v.string(LINE), v.regex(/^[^\n\r]*$/, LINE)), 'a list of lines'), []),
    result: v.optional(v.unknown()),
    ends: v.optional(v.picklist(ENDS, `${ENDS.slice(0, -1).join(', ')} or ${ENDS.at(-1)}`), 'SUCCEEDS'),
    exitCode: v.optional(v.pipe(v.number(EXIT_CODE), v.integer(EXIT_CODE), v.minValue(1, EXIT_CODE), v.maxValue(255, EXIT_CODE))),
  }, ATTEMPT),
  v.forward(v.check(({ ends, exitCode }) => ends === 'FAILS' || exitCode === undefined, "it only where 'ends' is FAILS"), ['exitCode']),
  v.forward(v.check(({ ends, result }) => ends === 'SUCCEEDS' || result === undefined, "it only where 'ends' is SUCCEEDS"), ['result']),
);

/** What the container of an attempt does. */
export type Attempt = v.InferOutput<typeof attempt>;

const id = v.optional(v.union([v.number(), v.string()], 'a number or a text'));
const withoutFields = (name: string) => v.strictObject({ id, command: v.literal(name) }, 'an object');

const SCHEMAS = {
  script: v.strictObject({ id, command: v.literal('script'), job: v.string(JOB), attempts: v.array(attempt, ATTEMPTS) }),
  containers: withoutFields('containers'),
  advance: v.strictObject({ id, command: v.literal('advance'), milliseconds }),
  untilRunsEnd: withoutFields('untilRunsEnd'),
  reset: withoutFields('reset'),
  now: withoutFields('now'),
};

export type CommandName = keyof typeof SCHEMAS;
type Commands = { readonly [name in CommandName]: v.InferOutput<(typeof SCHEMAS)[name]> & { readonly command: name } };
export type Command = Commands[CommandName];

/** What identifies the answer to a command. */
export type CommandId = number | string | null;

/** A command that cannot be carried out. The message says what is wrong and what to do. */
export class CommandError extends Error {}

/** The id and the words of a line, as far as they can be read. */
export function readLine(line: string): { readonly id: CommandId; readonly command: () => Command } {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (error) {
    return { id: null, command: () => refuse(`the line is not JSON (${(error as Error).message}); send an object a line, for example {"id":1,"command":"now"}`) };
  }
  const given = isObject(json) ? json.id : undefined;
  return { id: typeof given === 'number' || typeof given === 'string' ? given : null, command: () => readCommand(json) };
}

function readCommand(json: unknown): Command {
  if (!isObject(json)) return refuse(`the line is ${shown(json)}; send an object, for example {"id":1,"command":"now"}`);
  const { command } = json;
  if (typeof command !== 'string' || !Object.hasOwn(SCHEMAS, command)) return refuse(errorOf('command', command, Object.keys(SCHEMAS).join(', ')));
  const schema: v.GenericSchema<unknown, Command> = SCHEMAS[command as CommandName] as never;
  const result = v.safeParse(schema, json, { abortEarly: true });
  return result.success ? result.output : refuse(messageOf(result.issues[0], command as CommandName));
}

function messageOf(issue: v.BaseIssue<unknown>, command: CommandName): string {
  const path = (issue.path ?? []).map(({ key }) => typeof key === 'number' ? `[${key}]` : `.${String(key)}`).join('').slice(1);
  if (issue.expected === 'never') {
    const fields = /^attempts\[\d+\]/.test(path) ? Object.keys(attempt.entries) : Object.keys(SCHEMAS[command].entries);
    return `'${path}' is not known; use ${fields.join(', ')}`;
  }
  const value = issue.path?.at(-1)?.value; // `issue.input` is all of an attempt where one field does not go with another one
  return errorOf(path, value, value === undefined && command === 'script' ? { job: JOB, attempts: ATTEMPTS }[path] ?? issue.message
    : value === undefined && path === 'milliseconds' ? MILLISECONDS : issue.message);
}

function errorOf(field: string, value: unknown, use: string): string {
  return `'${field}' is ${shown(value)}; use ${use}`;
}

/** The most characters of a value that a message shows. */
const LONGEST_VALUE = 100;

function shown(value: unknown): string {
  const text = value === undefined ? 'missing' : JSON.stringify(value);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}...` : text;
}

function refuse(message: string): never {
  throw new CommandError(message);
}
