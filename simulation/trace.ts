import { Clock } from '../emulator/clock';
import type { CallRecord } from '../emulator/http';
import type { BatchJob } from '../emulator/services/batch/batch';
import type { InvocationRecord } from '../emulator/services/lambda/lambda';
import type { Execution, HistoryEvent } from '../emulator/states/execution';

/** Enough to see what happened, for a person who replays a seed. */
const LONGEST = 220;

/** The timeline of a world: who did what, and what went wrong with it. */
export class Story {
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

  tell(what: string, at = this.clock?.now() ?? 0): void {
    this.lines.push(`${clockFace(at - this.startedAt)}  ${what.length > LONGEST ? `${what.slice(0, LONGEST)} ...` : what}`);
  }

  call({ service, call, at, fault, error, answer }: CallRecord): void {
    const went = error ? `${error.status} ${error.code}: ${error.message}` : brief(answer);
    const wrong = fault ? `  << ${fault.kind}` : '';
    this.tell(`  ${service}:${call.action} ${brief(call.input)} -> ${went}${wrong}`, at);
  }

  invocation({ functionPath, fault, answer, error }: InvocationRecord): void {
    const wrong = fault ? `  << ${fault.kind}` : '';
    this.tell(`  ${functionPath.split('/').at(-1)} -> ${error ? `${error.errorType}: ${error.errorMessage}` : brief(answer)}${wrong}`);
  }

  log(functionPath: string, line: string): void {
    this.tell(`  ${functionPath.split('/').at(-1)} says ${line}`);
  }

  event({ source, detail }: Record<string, unknown>): void {
    const { jobId, executionArn, status } = detail as Record<string, string>;
    this.tell(`  event ${source} ${jobId ?? executionArn.split(':').at(-1)} ${status}`);
  }

  history({ name }: Execution, { type, details }: HistoryEvent): void {
    if (/Entered|^Execution|Task(Failed|TimedOut|Succeeded)/.test(type)) this.tell(`${name} ${type} ${brief(details)}`);
  }

  job({ jobId, plan, status, statusReason, attempts }: BatchJob): void {
    this.tell(`job ${jobId} ${plan.jobName.slice(-6)} ${status}${attempts.length > 0 ? ` after ${attempts.length} attempt(s)` : ''}${statusReason ? `: ${statusReason}` : ''}`);
  }
}

/** Tokens are long, and tell nothing. */
function brief(value: unknown): string {
  return (JSON.stringify(value) ?? '').replace(/AQC[A-Za-z0-9+/=]{40,}/g, (token) => `token ...${token.slice(-6)}`).slice(0, 160);
}

function clockFace(milliseconds: number): string {
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const seconds = milliseconds / 1000;
  return `+${Math.floor(seconds / 86_400)}d ${two(seconds / 3600 % 24)}:${two(seconds / 60 % 60)}:${two(seconds % 60)}.${String(Math.floor(milliseconds % 1000)).padStart(3, '0')}`;
}
