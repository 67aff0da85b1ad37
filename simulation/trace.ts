import type { Exchange } from './api-observations';
import { Clock } from '../emulator/clock';
import type { CallRecord } from '../emulator/http';
import type { BatchJob } from '../emulator/services/batch/batch';
import type { InvocationRecord } from '../emulator/services/lambda/lambda';
import type { Execution, HistoryEvent } from '../emulator/states/execution';

/** Characters of one line of a trace. */
const LINE_CHARACTERS = 220;
/** Characters of a value in a line. */
const VALUE_CHARACTERS = 160;

/** The trace of a world: each call, invocation, event and change of state, with its time and the fault that was injected. */
export class Trace {
  private readonly lines: string[] = [];
  private clock?: Clock;
  private startedAt = 0;

  begin(clock: Clock): void {
    this.clock = clock;
    this.startedAt = clock.now();
  }

  text(): string {
    return this.lines.join('\n');
  }

  add(text: string, at = this.clock?.now() ?? 0): void {
    // The ids of invocations are not of this world: they are counted over all worlds that were simulated before.
    const line = text.replace(/RequestId: invocation-\d+ /g, '');
    this.lines.push(`${formatElapsed(at - this.startedAt)}  ${line.length > LINE_CHARACTERS ? `${line.slice(0, LINE_CHARACTERS)} ...` : line}`);
  }

  addCall({ service, call, at, fault, error, answer: response }: CallRecord): void {
    const result = error ? `${error.status} ${error.code}: ${error.message}` : shortened(response);
    this.add(`  ${service}:${call.action} ${shortened(call.input)} -> ${result}${formatFault(fault)}`, at);
  }

  addInvocation({ functionPath, fault, answer: response, error }: InvocationRecord): void {
    const result = error ? `${error.errorType}: ${error.errorMessage}` : shortened(response);
    this.add(`  ${lastPart(functionPath, '/')} -> ${result}${formatFault(fault)}`);
  }

  addLog(functionPath: string, line: string): void {
    this.add(`  ${lastPart(functionPath, '/')} logs ${line}`);
  }

  addExchange({ owner, purpose, request: { method, path }, answer: { status, body }, at }: Exchange): void {
    this.add(`  ${owner} (${purpose}) ${method} ${path} -> ${status} ${String(body).slice(0, VALUE_CHARACTERS)}`, at);
  }

  addEvent({ source, detail }: Record<string, unknown>): void {
    const { jobId, executionArn, status } = detail as Record<string, string>;
    this.add(`  event ${source} ${jobId ?? lastPart(executionArn, ':')} ${status}`);
  }

  addHistory({ name }: Execution, { type, details }: HistoryEvent): void {
    if (/Entered|^Execution|Task(Failed|TimedOut|Succeeded)/.test(type)) this.add(`${name} ${type} ${shortened(details)}`);
  }

  addJob({ jobId, plan, status, statusReason, attempts }: BatchJob): void {
    this.add(`job ${jobId} ${plan.jobName.slice(-6)} ${status}${attempts.length > 0 ? ` after ${attempts.length} attempt(s)` : ''}${statusReason ? `: ${statusReason}` : ''}`);
  }
}

function formatFault(fault: { readonly kind: string } | undefined): string {
  return fault ? `  << ${fault.kind}` : '';
}

function lastPart(text: string, separator: string): string {
  return text.split(separator).at(-1)!;
}

/** JSON that fits into a line. Of a task token only the last characters are shown: the rest says nothing to a reader. */
function shortened(value: unknown): string {
  return (JSON.stringify(value) ?? '').replace(/AQC[A-Za-z0-9+/=]{40,}/g, (token) => `token ...${token.slice(-6)}`).slice(0, VALUE_CHARACTERS);
}

/** `+0d 00:01:23.456` */
function formatElapsed(milliseconds: number): string {
  const padded = (value: number, digits = 2) => String(Math.floor(value)).padStart(digits, '0');
  const seconds = milliseconds / 1000;
  return `+${Math.floor(seconds / 86_400)}d ${padded(seconds / 3600 % 24)}:${padded(seconds / 60 % 60)}:${padded(seconds % 60)}.${padded(milliseconds % 1000, 3)}`;
}
