import { createHash } from 'node:crypto';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { Context, Hono } from 'hono';
import { ownerOf } from './caller';
import { CONSOLE_HEADERS, consoleIn } from './console';
import { Estimates, retryAfter } from './estimates';
import type { JobSpecs } from './job-specs';
import { readParameters, schemaIn } from './parameters';
import { Problem, problemOf } from './problem';
import type { QueuePosition, QueuePositions } from './queue-positions';
import { beginsAtTail, idempotencyKey, limitOf, logLimitOf, preferredWait, queriedWait, requireJson, statusOf } from './request';
import type { ResultLinks } from './result-links';
import { LogPage, RunLogs } from './run-logs';
import type { Runs } from './runs';
import type { StoredRun } from './stored-run';
import { runView } from './view';
import type { Waiting } from './waiting';
import { ApiJobEntry, CONSOLE_PATH, isOver, parametersSchema, REQUEST_BYTES, RETRY_AFTER } from '../../contract/api-runs';
import { log } from '../shared/log';

/** What a request comes with besides itself. */
export interface Bindings {
  readonly event: APIGatewayProxyEventV2;
  /** Decoded, below `basePath`. A URL would make another path of one with dots. */
  readonly path: string;
  /** What the paths of this API begin with, where it has a custom domain with a base path. */
  readonly basePath: string;
  /** Milliseconds since the epoch at which the function has to have answered. */
  readonly deadline: number;
}

export interface ApiOptions {
  readonly runs: Runs;
  readonly waiting: Waiting;
  readonly specs: JobSpecs;
  readonly logs: RunLogs;
  readonly positions: QueuePositions;
  readonly results: ResultLinks;
  readonly estimates: Estimates;
  readonly jobs: readonly ApiJobEntry[];
  /** The OpenAPI document. */
  readonly document: Record<string, unknown>;
  /** Reads the web page. */
  readonly console: () => string;
  /** In which requests are signed. */
  readonly region?: string;
  readonly ownerClaim?: string;
}

/** Milliseconds between two readings of a log while a request waits for lines. */
const LOG_STEP = 2_000;

interface RunLog {
  readonly run: StoredRun;
  readonly page: LogPage;
}

type Call = Context<{ Bindings: Bindings }>;

/** The routes of the API, as in the OpenAPI document. */
export function apiApp(options: ApiOptions): Hono<{ Bindings: Bindings }> {
  const { runs, jobs, document } = options;
  const app = new Hono<{ Bindings: Bindings }>({ getPath: (_, bound) => (bound?.env as Bindings).path });
  const owner = (call: Call) => ownerOf(call.env.event, options.ownerClaim);

  const start = async (call: Call, job: ApiJobEntry | undefined) => {
    if (!job) throw new Problem(404, `there is no such job; the jobs are ${jobs.map(({ name }) => name).join(', ')}`);
    const key = idempotencyKey(headerOf(call, 'idempotency-key'));
    requireJson(headerOf(call, 'content-type'));
    const requested = readParameters(await textOf(call), schemaIn(document, parametersSchema(job.name)), await options.specs.of(job.stateMachineArn));
    if (Buffer.byteLength(requested.input) > REQUEST_BYTES) throw tooLarge();
    const { run, isReplayed } = await runs.start(job, owner(call), requested, key);
    if (isReplayed) call.header('Idempotency-Replayed', 'true');
    call.header('Location', `${call.env.basePath}/runs/${run.id}`);
    const wait = preferredWait(headerOf(call, 'prefer'));
    // The run has begun: a wait that fails is no failure of this request.
    const { newest, waited } = await waitFor(call, run, wait).catch(() => ({ newest: run, waited: false }));
    if (waited) call.header('Preference-Applied', `wait=${wait}`);
    return answer(call, newest, isOver(newest.status) ? 200 : 202);
  };

  app.get('/runs', async (call) => {
    const { job, status, limit, next } = call.req.query();
    const page = await runs.list(owner(call), { job, status: statusOf(status) }, limitOf(limit), next);
    return call.json({ runs: page.runs.map((run) => runView(run)), next: page.next });
  });

  if (jobs.length === 1) app.post('/runs', (call) => start(call, jobs[0]));
  app.post('/jobs/:job/runs', (call) => start(call, jobs.find(({ name }) => name === call.req.param('job'))));

  app.get('/runs/:id', async (call) => {
    const wait = queriedWait(call.req.query('wait'));
    const run = await runs.get(owner(call), call.req.param('id'));
    return answer(call, await options.logs.withProgress((await waitFor(call, run, wait)).newest), 200);
  });

  app.get('/runs/:id/logs', async (call) => {
    const { limit, next, from } = call.req.query();
    const query = { limit: logLimitOf(limit), next, fromTail: beginsAtTail(from) };
    const wait = queriedWait(call.req.query('wait'));
    const read = async (after?: string) => {
      const run = await runs.get(owner(call), call.req.param('id'));
      return { run, page: await options.logs.page(run, await runs.output(run), { ...query, next: after }) };
    };
    const first = await read(next);
    call.header('Cache-Control', 'private, no-cache');
    return call.json((await waitForLines(call, first, wait, read)).page);
  });

  app.delete('/runs/:id', async (call) => {
    const { run, isStopping } = await runs.cancel(owner(call), call.req.param('id'));
    return answer(call, run, isStopping ? 202 : 200);
  });

  app.post('/runs/:id/redrive', async (call) => answer(call, await runs.redrive(owner(call), call.req.param('id')), 202));

  // Under a custom domain, the paths of the API may begin with more than a slash.
  app.get('/openapi.json', (call) => call.json({ ...document, servers: [{ url: call.env.basePath || '/' }] }));

  // The page is data of no caller: it asks the paths above, with what its user has signed in with.
  app.get(CONSOLE_PATH, (call) => call.html(consoleIn(options.console(), options.region), 200, CONSOLE_HEADERS));

  const paths = new Map<string, string[]>();
  for (const { path, method } of app.routes) paths.set(path, [...paths.get(path) ?? [], method]);
  for (const [path, methods] of paths) {
    app.all(path, (call) => {
      call.header('Allow', methods.join(', '));
      return problem(call, new Problem(405, `${call.req.path} has no ${call.req.method}; it has ${methods.join(' and ')}`));
    });
  }
  app.notFound((call) => problem(call, new Problem(404, `there is no ${call.req.method} ${call.req.path}; GET /openapi.json has what there is`)));
  app.onError((error, call) => {
    const found = problemOf(error);
    if (found.status >= 500) log('failed', { error: error.name, message: error.message });
    if (found.status === 503 || found.status === 429) call.header('Retry-After', String(RETRY_AFTER));
    return problem(call, found);
  });

  const answer = async (call: Call, run: StoredRun, status: 200 | 202) => {
    const queue = await options.positions.of(run);
    const etag = entityTag(run, queue);
    call.header('ETag', etag);
    call.header('Cache-Control', 'private, no-cache');
    const estimate = await options.estimates.of(run).catch(() => undefined); // an answer without it is one, too
    if (!isOver(run.status)) call.header('Retry-After', String(retryAfter(run, estimate)));
    if (call.req.method === 'GET' && headerOf(call, 'if-none-match') === etag) return call.body(null, 304);
    const { timeline, isTimelineTruncated: timelineTruncated } = run;
    const output = await runs.output(run);
    const resultLink = await options.results.of(run, output);
    return call.json(runView(run, { output, estimate, queue, timeline, timelineTruncated, resultLink }), status);
  };

  /** Waits for lines of a run that is not over. That its log was read too often meanwhile is no failure of this request. */
  const waitForLines = async (call: Call, first: RunLog, wait: number, read: (after?: string) => Promise<RunLog>) => {
    if (wait === 0) return first;
    const again = async (former: RunLog) => read(former.page.next).catch(() => former);
    const isEnough = ({ run, page }: RunLog) => page.lines.length > 0 || isOver(run.status);
    return (await options.waiting.waitFor(first, { runId: first.run.id, step: LOG_STEP, until: untilOf(call, wait), isEnough, again })).newest;
  };

  const untilOf = (call: Call, wait: number) => Math.min(Date.now() + wait * 1000, call.env.deadline);
  const waitFor = async (call: Call, run: StoredRun, wait: number) => (
    wait === 0 ? { newest: run, waited: false } : runs.waitFor(run, untilOf(call, wait))
  );
  return app;
}

/** Of a run as it was last heard of. It is weak, since the time that has passed changes without it. https://www.rfc-editor.org/rfc/rfc9110#name-etag */
function entityTag({ id, step, updatedAt, cancelRequestedAt = 0, progress }: StoredRun, queue: QueuePosition | undefined): string {
  const parts = [id, step, updatedAt, cancelRequestedAt, progress?.at ?? 0, queue?.position ?? queue?.positionAtLeast ?? 0].join(' ');
  return `W/"${createHash('sha256').update(parts).digest('hex').slice(0, 32)}"`;
}

/** API Gateway gives the names of headers in lower case, and their values may have any characters, which a `Request` does not accept. */
function headerOf(call: Call, name: string): string | undefined {
  return call.env.event.headers[name];
}

function problem(call: Call, found: Problem): Response {
  const body = found.body(call.env.event.requestContext.requestId);
  return call.body(JSON.stringify(body), found.status as 400, { 'Content-Type': 'application/problem+json' });
}

/** The body as text. Throws a problem for one that is too large, or no text in UTF-8. */
async function textOf(call: Call): Promise<string> {
  const bytes = await call.req.arrayBuffer();
  if (bytes.byteLength > REQUEST_BYTES) throw tooLarge();
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Problem(400, 'the body is not text in UTF-8');
  }
}

function tooLarge(): Problem {
  return new Problem(413, `the body has more than ${REQUEST_BYTES} bytes, which the input of a run may have; put long values into S3, and give their URIs`);
}
