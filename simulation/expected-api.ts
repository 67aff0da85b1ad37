import { isDeepStrictEqual } from 'node:util';
import { expectDocumentedAnswer } from './api-document';
import { ApiObservations, Exchange, isStart, isSuccess, Order } from './api-observations';
import { Change, changesOf, isBefore, isNotStarted, placeOf, ShownRun, shownIn } from './api-truth';
import { FindingKind, formatSeconds as seconds } from './findings';
import { expectNoForeignData } from './foreign-data';
import type { Observations, RunRecord } from './observations';
import type { Scenario } from './scenario';
import type { Execution } from '../emulator/states/execution';
import { isOver } from '../src/contract/api-runs';

/** Reports a finding about a run, by its id or by the name of its order. */
export type ReportOf = (kind: FindingKind, run: string, message: string) => void;

/** Milliseconds. A time of Step Functions comes in several forms. */
const SAME_TIME = 10;
/** The answers to requests that come too early or too late for the state of a run. */
const CONFLICT = 409;
const OTHER_BODY = 422;

/** What the API answered is what its callers asked for, and what happened to the executions. */
export function expectTrueApi(scenario: Scenario, observations: Observations, api: ApiObservations, report: ReportOf): void {
  const executions = new Map(observations.runs.map(({ execution }) => [execution.name, execution]));
  const ofOrder = (order: Order) => [...executions.values()].filter(({ input }) => textOf(input) === order.text);
  for (const order of api.orders) expectOneRun(order, api, ofOrder(order), report);
  for (const [id, execution] of executions) {
    if (!api.orders.some(({ text }) => text === textOf(execution.input))) report('doubled', id, 'an execution was started that no request asked for');
  }
  const changes = new Map([...executions].map(([id, execution]) => [id, changesOf(execution)]));
  for (const exchange of api.exchanges) {
    expectRightStatus(scenario, exchange, report);
    expectDocumentedAnswer(api.facts.document, exchange, (message) => report('wrong', '-', message));
    for (const shown of shownIn(exchange)) expectTrueState(scenario, exchange, shown, changes.get(shown.id) ?? [], report);
    if (exchange.purpose === 'cancel') expectStopped(exchange, changes, report);
  }
  expectNoWayBack(api, report);
  expectNothingMissing(api, executions, ofOrder, report);
  expectNoForeignData(observations, api, report);
}

/** Whether the owner of a run was cancelling it when it was stopped. */
export function isCancelledByOwner({ api }: Observations, { execution: { name, error, stoppedAt = 0 } }: RunRecord): boolean {
  const isOwn = ({ purpose, request, at, answeredAt }: Exchange) => purpose === 'cancel' && request.path === `/runs/${name}` && at <= stoppedAt && stoppedAt <= answeredAt;
  return error === 'Cancelled' && api !== undefined && api.exchanges.some(isOwn);
}

/** One order is one run, whatever became of its requests. */
function expectOneRun(order: Order, { exchanges }: ApiObservations, executions: readonly Execution[], report: ReportOf): void {
  const starts = exchanges.filter((exchange) => isStart(exchange) && exchange.order === order);
  const most = order.key === undefined ? starts.length : 1;
  if (executions.length > most) report('doubled', order.name, `${executions.length} executions for one order with ${starts.length} requests`);
  if (order.key !== undefined && order.ids.size > 1) report('doubled', order.name, `the requests with one key were answered with ${[...order.ids].join(' and ')}`);
  for (const id of order.ids) {
    if (!executions.some(({ name }) => name === id)) report('lost', id, 'a request was answered with this id, and its execution was never started');
  }
  const first = starts.filter((exchange) => isSuccess(exchange) && exchange.answer.headers['idempotency-replayed'] === undefined);
  if (order.key !== undefined && first.length > 1) report('wrong', order.name, `${first.length} answers say that they are the first one with their key`);
}

/** A request fails only in the ways that the scenario allows. */
function expectRightStatus({ requests }: Scenario, { purpose, request, answer: { status, body } }: Exchange, report: ReportOf): void {
  if (purpose === 'hostile' || (requests?.mayFail as readonly number[]).includes(status)) return;
  const isRight = {
    'start': status === 200 || status === 202,
    'start with another body': status === OTHER_BODY,
    'ask': status === 200 || status === 304,
    'last': status === 200,
    'list': status === 200,
    'log': status === 200,
    'cancel': status === 200 || status === 202 || status === CONFLICT,
    'redrive': status === 202 || status === CONFLICT,
  }[purpose];
  if (!isRight) report('wrong', '-', `${request.method} ${request.path} was answered with ${status}: ${String(body).slice(0, 200)}`);
}

/** An end that an answer shows has happened, and an end or a redrive is shown in time. */
function expectTrueState({ bounds }: Scenario, { at, answeredAt, purpose }: Exchange, shown: ShownRun, changes: readonly Change[], report: ReportOf): void {
  const wrong = (message: string) => report('wrong', shown.id, message);
  const happened = changes.filter((change) => change.at <= answeredAt);
  if (isNotStarted(shown)) {
    if (changes.some((change) => change.at < at)) wrong('the API says that the run was not started, and it was');
    return;
  }
  const end = happened.find((change) => change.end && change.redrives === shown.redrives);
  if (isOver(shown.status as 'FAILED')) expectTrueEnd(purpose, shown, end, wrong);
  else if (shown.redrives > (happened.at(-1)?.redrives ?? 0)) wrong(`the API shows ${shown.redrives} redrives, and there were fewer`);
  // A list reads a few runs only anew.
  const last = happened.at(-1);
  if (purpose === 'list' || last === undefined || last.at > at - bounds.record[1]) return;
  const isShown = last.redrives === shown.redrives && (last.end?.status ?? 'none') === (isOver(shown.status as 'FAILED') ? shown.status : 'none');
  if (!isShown) report('hung', shown.id, `the API shows ${shown.status} after ${shown.redrives} redrives, ${seconds(at - last.at)} after the run was ${last.end?.status ?? 'started'} with ${last.redrives} redrives`);
}

function expectTrueEnd(purpose: Exchange['purpose'], shown: ShownRun, change: Change | undefined, wrong: (message: string) => void): void {
  const { status, failure, jobId, round, endedAt = '' } = shown;
  if (!change?.end) return wrong(`the API says that the run is ${status} after ${shown.redrives} redrives, and it had no such end`);
  const { end } = change;
  if (status !== end.status) wrong(`the API says that the run is ${status}, and it is ${end.status}`);
  if (end.status !== 'SUCCEEDED' && failure?.reason !== end.error) wrong(`the API says that the run failed with ${failure?.reason}, and it was ${end.error}`);
  if (end.status === 'SUCCEEDED' && failure !== undefined) wrong(`the API shows a failure of a run that succeeded: ${failure.reason}`);
  if (end.status === 'SUCCEEDED' && purpose !== 'list' && !isDeepStrictEqual(shown.result, end.result)) wrong('the API shows another result than that of the run');
  if (!(Math.abs(Date.parse(endedAt) - change.at) <= SAME_TIME)) wrong(`the API says that the run ended at ${endedAt}, not ${new Date(change.at).toISOString()}`);
  if (typeof end.jobId === 'string' && (jobId !== end.jobId || round !== end.rounds)) wrong(`the API shows the job ${jobId} of round ${round}, and the last one was ${end.jobId} of round ${end.rounds}`);
}

/** A run that is being stopped goes on only after a redrive. */
function expectStopped({ request, at, answeredAt, answer: { status } }: Exchange, changes: ReadonlyMap<string, readonly Change[]>, report: ReportOf): void {
  const id = request.path.split('/').at(-1)!;
  const last = changes.get(id)?.filter((change) => change.at <= answeredAt).at(-1);
  if ((status === 200 || status === 202) && !(last && (last.end || last.at >= at))) report('wrong', id, `a request to cancel the run was answered with ${status}, and the run goes on`);
}

/** What an answer has said, no later request is answered with less. */
function expectNoWayBack({ exchanges }: ApiObservations, report: ReportOf): void {
  // In the order in which they were answered.
  const asked = exchanges.filter(({ purpose }) => purpose === 'ask' || purpose === 'last');
  const answers = asked.flatMap((exchange) => shownIn(exchange).map((shown) => ({ shown, exchange })));
  for (const [index, { shown, exchange }] of answers.entries()) {
    const earlier = answers.slice(0, index).filter((other) => other.shown.id === shown.id && other.exchange.answeredAt <= exchange.at);
    const further = earlier.find((other) => !isNotStarted(other.shown) && isBefore(placeOf(shown), placeOf(other.shown)));
    if (further) report('wrong', shown.id, `the API went back from ${placeOf(further.shown).join('.')} to ${placeOf(shown).join('.')}`);
  }
}

/** At the end all runs that were started are in a list of their owner, and all runs in a list are over. */
function expectNothingMissing(
  api: ApiObservations, executions: ReadonlyMap<string, Execution>, ofOrder: (order: Order) => Execution[], report: ReportOf,
): void {
  const answers = api.exchanges.filter(({ purpose, answer }) => purpose === 'last' && answer.status === 200);
  const last = new Map(answers.map(({ body }) => [body.id, body as ShownRun]));
  const lists = api.exchanges.filter(({ purpose }) => purpose === 'list');
  const idsIn = (exchange: Exchange) => shownIn(exchange).map(({ id }) => id);
  const listedOf = (owner: string) => new Set(lists.filter((exchange) => exchange.owner === owner).flatMap(idsIn));
  for (const order of api.orders) {
    const listed = listedOf(order.owner);
    for (const { name } of ofOrder(order)) if (!listed.has(name)) report('lost', name, 'the run was started, and its owner finds it in no list');
  }
  for (const [id, shown] of last) {
    if (!isOver(shown.status as 'FAILED')) report('lost', id, `the API shows ${shown.status} for ever`);
    if (!executions.has(id) && !isNotStarted(shown)) report('wrong', id, `the API shows ${shown.status}, and the run was never started`);
  }
}

function textOf(input: unknown): unknown {
  return (input as { parameters?: { size?: unknown } } | undefined)?.parameters?.size;
}
