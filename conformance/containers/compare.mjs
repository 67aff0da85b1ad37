// Compares what was observed of a run with what is expected, and of a container with what was observed of a process.
import { isDeepStrictEqual } from 'node:util';

/** What of a run must be the same in a container and as a process. */
const COMPARED = ['status', 'error', 'exitCode', 'attempts', 'rounds', 'reason', 'message', 'result', 'resultError', 'array', 'lines', 'files'];

const LONGEST_TEXT = 600;

/** What differs from the expected fields; undefined when nothing does. An array of exit codes stands for any of them. */
export function unexpected(run, { linePattern, messagePattern, errorPattern, exitCode, ...fields }) {
  if (run.problem) return run.problem;
  const problems = Object.entries(fields).map(([name, value]) => differenceOf(name, run[name], value));
  if (exitCode !== undefined && ![exitCode].flat().includes(run.exitCode)) problems.push(differenceOf('exitCode', run.exitCode, exitCode));
  if (linePattern !== undefined && !run.lines.some((line) => line.includes(linePattern))) problems.push(`no line has ${linePattern}: ${show(run.lines)}`);
  if (messagePattern !== undefined && !run.message?.includes(messagePattern)) problems.push(`the message does not have ${messagePattern}: ${show(run.message)}`);
  if (errorPattern !== undefined && !run.error?.includes(errorPattern)) problems.push(`the error does not have ${errorPattern}: ${show(run.error)}`);
  const found = problems.filter(Boolean);
  return found.length > 0 ? `${found.join('\n  ')}${run.message ? `\n  message: ${show(run.message)}` : ''}` : undefined;
}

/** The fields in which a process differs from a container, with both values. Those that vary with the version of runc are not compared. */
export function differences(container, process, varies = []) {
  if (process.problem) return [{ field: 'run', text: process.problem }];
  const fields = COMPARED.filter((field) => !varies.includes(field));
  return fields.map((field) => ({ field, text: differenceOf(field, process[field], container[field]) })).filter(({ text }) => text);
}

function differenceOf(name, actual, expected) {
  // An array job reports more than a job says that it expects.
  const compared = name === 'array' && actual ? Object.fromEntries(Object.keys(expected ?? actual).map((key) => [key, actual[key]])) : actual;
  return isDeepStrictEqual(compared, expected) ? undefined : `${name} is ${show(actual)}, and not ${show(expected)}`;
}

function show(value) {
  const text = JSON.stringify(value) ?? 'undefined';
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}... (${text.length} characters)` : text;
}
