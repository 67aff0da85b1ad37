import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { Context, Hono } from 'hono';
import { ownerOf } from './caller';
import type { JobSpecs } from './job-specs';
import { readParameters, schemaIn } from './parameters';
import { Problem, problemOf } from './problem';
import { idempotencyKey, limitOf, preferredWait, queriedWait, requireJson, statusOf } from './request';
import type { RunStore } from './run-store';
import type { Runs } from './runs';
import type { StoredRun } from './stored-run';
import { runView } from './view';
import { ApiJobEntry, isOver, REQUEST_BYTES, RETRY_AFTER } from '../../contract/api-runs';
import { parametersSchema } from '../../contract/openapi';
import { log } from '../shared/log';

/** What a request comes with besides itself. */
export interface Bindings {
  readonly event: APIGatewayProxyEventV2;
  /** What the paths of this API begin with, where it has a custom domain with a base path. */
  readonly basePath: string;
  /** Milliseconds since the epoch at which the function has to have answered. */
  readonly deadline: number;
}

export interface ApiOptions {
  readonly runs: Runs;
  readonly store: RunStore;
  readonly specs: JobSpecs;
  readonly jobs: readonly ApiJobEntry[];
  /** The OpenAPI document. */
  readonly document: Record<string, unknown>;
  /** How many requests may wait at once. */
  readonly mostWaiting: number;
  readonly ownerClaim?: string;
}

type Call = Context<{ Bindings: Bindings }>;

/** The routes of the API, as in the OpenAPI document. */
export function apiApp(options: ApiOptions): Hono<{ Bindings: Bindings }> {
  const { runs, jobs, document } = options;
  const app = new Hono<{ Bindings: Bindings }>();
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
    const { newest, waited } = await waitFor(call, run, wait);
    if (waited) call.header('Preference-Applied', `wait=${wait}`);
    return answer(call, newest, isOver(newest.status) ? 200 : 202);
  };

  app.post('/runs', (call) => start(call, jobs.length === 1 ? jobs[0] : undefined));
  app.post('/jobs/:job/runs', (call) => start(call, jobs.find(({ name }) => name === call.req.param('job'))));

  app.get('/runs', async (call) => {
    const { job, status, limit, next } = call.req.query();
    const page = await runs.list(owner(call), { job, status: statusOf(status) }, limitOf(limit), next);
    return call.json({ runs: page.runs.map((run) => runView(run)), next: page.next });
  });

  app.get('/runs/:id', async (call) => {
    const wait = queriedWait(call.req.query('wait'));
    const run = await runs.get(owner(call), call.req.param('id'));
    return answer(call, (await waitFor(call, run, wait)).newest, 200);
  });

  app.delete('/runs/:id', async (call) => {
    const run = await runs.cancel(owner(call), call.req.param('id'));
    return answer(call, run, run.cancelRequestedAt !== undefined && !isOver(run.status) ? 202 : 200);
  });

  app.post('/runs/:id/redrive', async (call) => answer(call, await runs.redrive(owner(call), call.req.param('id')), 202));

  app.get('/openapi.json', (call) => call.json(document));

  app.notFound((call) => problem(call, new Problem(404, `there is no ${call.req.method} ${call.req.path}; GET /openapi.json has what there is`)));
  app.onError((error, call) => {
    const found = problemOf(error);
    if (found.status >= 500) log('failed', { error: error.name, message: error.message });
    if (found.status === 503) call.header('Retry-After', String(RETRY_AFTER));
    return problem(call, found);
  });

  const answer = async (call: Call, run: StoredRun, status: 200 | 202) => {
    if (!isOver(run.status)) call.header('Retry-After', String(RETRY_AFTER));
    call.header('Cache-Control', 'no-store');
    return call.json(runView(run, await runs.output(run)), status);
  };

  /** Waits for the end of a run, if there is a place for a further request that waits. Otherwise the caller is answered at once. */
  const waitFor = async (call: Call, run: StoredRun, seconds: number): Promise<{ newest: StoredRun; waited: boolean }> => {
    if (seconds === 0 || isOver(run.status)) return { newest: run, waited: seconds > 0 };
    const giveBack = await options.store.takePlace(options.mostWaiting);
    if (!giveBack) return { newest: run, waited: false };
    try {
      return { newest: await runs.waitFor(run, Math.min(Date.now() + seconds * 1000, call.env.deadline)), waited: true };
    } finally {
      await giveBack();
    }
  };
  return app;
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
