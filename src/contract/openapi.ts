import { KEY_CHARACTERS, KEY_PATTERN, LINES, LOG_CURSOR_PATTERN, LONGEST_WAIT, MOST_LINES, MOST_ON_A_PAGE, ON_A_PAGE, parametersSchema, RUN_ID_PATTERN, RUN_STATUSES } from './api-runs';
import { ref, SCHEMAS } from './openapi-schemas';

/** What a caller may give for a parameter of a job. */
export interface ApiParameter {
  /** A type of JSON Schema. Undefined for a text, a number or a boolean. */
  readonly type?: 'string' | 'integer' | 'number' | 'boolean';
  readonly description?: string;
  readonly enum?: readonly (string | number)[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly default?: string | number | boolean;
  readonly isRequired?: boolean;
}

export interface ApiJob {
  readonly name: string;
  /** By their names. Undefined for a job whose parameters are not known at synth: the function knows them. */
  readonly parameters?: { readonly [name: string]: ApiParameter };
}

export interface ApiDescription {
  readonly title: string;
  readonly version: string;
  readonly jobs: readonly ApiJob[];
  /** A security scheme of OpenAPI. Undefined for an API that is open. */
  readonly securityScheme?: Readonly<Record<string, unknown>>;
}

/** A part of a document of OpenAPI. */
interface Part { [name: string]: unknown }

const json = (schema: Part) => ({ 'application/json': { schema } });
const header = (description: string, schema: Part) => ({ description, schema });

/**
 * The OpenAPI document of an API. It is made at synth, and the function validates what callers send by it.
 * https://spec.openapis.org/oas/v3.1.1.html
 */
export function openApiDocument({ title, version, jobs, securityScheme }: ApiDescription): Part {
  const [only, ...others] = jobs;
  return {
    openapi: '3.1.1',
    info: { title, version, description: 'Starts, shows, cancels and redrives runs of heavy jobs.' },
    servers: [{ url: '/' }],
    ...securityScheme ? { security: [{ caller: [] }] } : {},
    paths: {
      '/runs': { ...others.length === 0 ? { post: startOperation('startRun', only) } : {}, get: listOperation(jobs) },
      ...Object.fromEntries(jobs.map((job) => [`/jobs/${job.name}/runs`, { post: startOperation(`startRunOf_${job.name}`, job) }])),
      '/runs/{id}': { parameters: [RUN_ID], get: GET, delete: CANCEL },
      '/runs/{id}/logs': { parameters: [RUN_ID], get: LOGS },
      '/runs/{id}/redrive': { parameters: [RUN_ID], post: REDRIVE },
      '/openapi.json': { get: DOCUMENT },
    },
    components: {
      schemas: {
        ...SCHEMAS,
        ...Object.fromEntries(jobs.map((job) => [parametersSchema(job.name), parametersOf(job)])),
      },
      responses: RESPONSES,
      ...securityScheme ? { securitySchemes: { caller: securityScheme } } : {},
    },
  };
}

/** The schema of the body that starts a run. In Batch a parameter is a text, so a number and a boolean are passed on as they are written. */
function parametersOf({ parameters }: ApiJob): Part {
  if (!parameters) return { type: 'object', description: 'The parameters of the job, by name.', additionalProperties: { type: ['string', 'number', 'boolean'] } };
  // By name, since some languages give them in any order.
  const names = Object.keys(parameters).sort();
  const required = names.filter((name) => parameters[name].isRequired);
  return {
    type: 'object',
    description: 'The parameters of the job. A parameter that is left out has its default.',
    properties: Object.fromEntries(names.map((name) => [name, schemaOf(parameters[name])])),
    ...required.length > 0 ? { required } : {},
    additionalProperties: false,
  };
}

function schemaOf({ isRequired: _, type = ['string', 'number', 'boolean'] as never, ...keywords }: ApiParameter): Part {
  return { type, ...keywords };
}

const problem = (...statuses: (keyof typeof PROBLEMS)[]) => Object.fromEntries(statuses.map((status) => [status, { $ref: `#/components/responses/${PROBLEMS[status]}` }]));

/** The answers that are no success, by status. API Gateway itself makes some of those with 401, 403, 413, 429, 500 and 503. */
const PROBLEMS = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  409: 'Conflict',
  413: 'TooLarge',
  415: 'UnsupportedMediaType',
  422: 'OtherRequest',
  429: 'TooManyRequests',
  500: 'Failed',
  503: 'Unavailable',
} as const;

const ALWAYS = [401, 403, 429, 500, 503] as const;

const DESCRIPTIONS: Record<typeof PROBLEMS[keyof typeof PROBLEMS], string> = {
  BadRequest: 'The request is wrong. `errors` says which field, and what would do.',
  Unauthorized: 'The request has no valid token. API Gateway answers so.',
  Forbidden: 'The caller may not use this API, or his token has no owner.',
  NotFound: 'There is no such run of this caller, or no such path.',
  Conflict: 'The run is not in a state in which this can be done.',
  TooLarge: 'The body of the request is too large.',
  UnsupportedMediaType: 'The body of the request is not JSON.',
  OtherRequest: 'The idempotency key was used with another body.',
  TooManyRequests: 'There are too many requests. Try again later.',
  Failed: 'The API failed. Nothing is known of the request. Send it again with the same idempotency key.',
  Unavailable: 'A service of AWS is not available, or asks for fewer calls. Try again later, with the same idempotency key.',
};

const RETRY_HEADER = header('Seconds after which to ask again.', { type: 'integer' });

/** Those that come with a time to wait. */
const LATER = ['TooManyRequests', 'Unavailable'];

const RESPONSES = Object.fromEntries(Object.entries(DESCRIPTIONS).map(([name, description]) => [
  name, { description, ...LATER.includes(name) ? { headers: { 'Retry-After': RETRY_HEADER } } : {}, content: { 'application/problem+json': { schema: ref('Problem') }, ...json({ type: 'object', description: 'An answer of API Gateway.' }) } },
]));

const RUN_ID = { name: 'id', in: 'path', required: true, description: 'The id of the run.', schema: { type: 'string', pattern: RUN_ID_PATTERN } };

const ETAG = header('Of the run as it was last heard of.', { type: 'string' });

const run = (description: string, headers?: Part) => ({ description, ...headers ? { headers } : {}, content: json(ref('Run')) });

function startOperation(operationId: string, job: ApiJob): Part {
  const started = {
    'Location': header('The path of the run.', { type: 'string' }),
    'Idempotency-Replayed': header('Whether an earlier request with this key has started the run.', { type: 'string', enum: ['true'] }),
    'Preference-Applied': header('The wait that was granted.', { type: 'string' }),
  };
  return {
    operationId,
    summary: `Start a run of ${job.name}`,
    parameters: [
      {
        name: 'Idempotency-Key',
        in: 'header',
        description: 'A text of your own, such as a UUID. The same key with the same body is the same run, however often it is sent.',
        schema: { type: 'string', minLength: 1, maxLength: KEY_CHARACTERS, pattern: KEY_PATTERN },
      },
      { name: 'Prefer', in: 'header', description: `\`wait=<seconds>\`, at most ${LONGEST_WAIT}: answer when the run is over, or when the time is.`, schema: { type: 'string' } },
    ],
    requestBody: { description: 'The parameters of the run.', required: Object.values(job.parameters ?? {}).some(({ isRequired }) => isRequired), content: json(ref(parametersSchema(job.name))) },
    responses: {
      200: run('The run is over.', started),
      202: run('The run has begun.', { ...started, 'Retry-After': RETRY_HEADER }),
      ...problem(400, 413, 415, 422, ...ALWAYS),
    },
  };
}

function listOperation(jobs: readonly ApiJob[]): Part {
  return {
    operationId: 'listRuns',
    summary: 'List runs, the newest first',
    parameters: [
      { name: 'job', in: 'query', description: 'Only runs of this job.', schema: { type: 'string', enum: jobs.map(({ name }) => name) } },
      { name: 'status', in: 'query', description: 'Only runs with this status.', schema: { type: 'string', enum: RUN_STATUSES } },
      { name: 'limit', in: 'query', description: 'The most runs of a page.', schema: { type: 'integer', minimum: 1, maximum: MOST_ON_A_PAGE, default: ON_A_PAGE } },
      { name: 'next', in: 'query', description: '`next` of the page before.', schema: { type: 'string', pattern: RUN_ID_PATTERN } },
    ],
    responses: { 200: { description: 'A page of runs. It may be empty although there are further pages.', content: json(ref('RunList')) }, ...problem(400, ...ALWAYS) },
  };
}

const GET = {
  operationId: 'getRun',
  summary: 'Show a run',
  parameters: [
    { name: 'wait', in: 'query', description: 'Seconds to wait for the end of the run.', schema: { type: 'integer', minimum: 0, maximum: LONGEST_WAIT, default: 0 } },
    { name: 'If-None-Match', in: 'header', description: 'The `ETag` of an earlier answer.', schema: { type: 'string' } },
  ],
  responses: {
    200: run('The run. `Retry-After` is there while it is not over.', { 'Retry-After': RETRY_HEADER, 'ETag': ETAG }),
    304: { description: 'Nothing has changed since the answer with this `ETag`.', headers: { 'Retry-After': RETRY_HEADER, 'ETag': ETAG } },
    ...problem(400, 404, ...ALWAYS),
  },
};

const LOGS = {
  operationId: 'getLogs',
  summary: 'Show what the containers of a run have written',
  parameters: [
    { name: 'from', in: 'query', description: 'Whether the first page has the oldest lines or the newest.', schema: { type: 'string', enum: ['head', 'tail'], default: 'head' } },
    { name: 'limit', in: 'query', description: 'The most lines of a page.', schema: { type: 'integer', minimum: 1, maximum: MOST_LINES, default: LINES } },
    { name: 'next', in: 'query', description: '`next` of the page before.', schema: { type: 'string', pattern: LOG_CURSOR_PATTERN } },
    { name: 'wait', in: 'query', description: 'Seconds to wait for lines while the run is not over.', schema: { type: 'integer', minimum: 0, maximum: LONGEST_WAIT, default: 0 } },
  ],
  responses: { 200: { description: 'A page of lines. It may be empty although lines will follow.', content: json(ref('LogPage')) }, ...problem(400, 404, ...ALWAYS) },
};

const CANCEL = {
  operationId: 'cancelRun',
  summary: 'Stop a run and its job',
  responses: {
    200: run('The run was over already. Nothing has changed.'),
    202: run('The run is being stopped.', { 'Retry-After': RETRY_HEADER }),
    ...problem(404, 409, ...ALWAYS),
  },
};

const REDRIVE = {
  operationId: 'redriveRun',
  summary: 'Let a run that failed do its work again',
  responses: { 202: run('The run goes on.', { 'Retry-After': RETRY_HEADER }), ...problem(404, 409, ...ALWAYS) },
};

const DOCUMENT = { operationId: 'getDocument', summary: 'This document', responses: { 200: { description: 'This document.', content: json({ type: 'object' }) }, ...problem(...ALWAYS) } };
