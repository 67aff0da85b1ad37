// Uses the API by the types that openapi-typescript makes of its document. It prints what it found.
import createClient from 'openapi-fetch';
import type { components, paths } from './schema.js';

type Run = components['schemas']['Run'];

const client = createClient<paths>({ baseUrl: process.argv[2] });
const started = await client.POST('/jobs/sort/runs', { body: { code: 'abc', megabytes: 7 }, params: { header: { 'Idempotency-Key': 'typescript' } } });
const again = await client.POST('/jobs/sort/runs', { body: { code: 'abc', megabytes: 7 }, params: { header: { 'Idempotency-Key': 'typescript' } } });
const path = { id: started.data!.id };
let run: Run = started.data!;
while (!['SUCCEEDED', 'FAILED', 'CANCELLED'].includes(run.status)) {
  run = (await client.GET('/runs/{id}', { params: { path, query: { wait: 25 } } })).data!;
}
const list = await client.GET('/runs', { params: { query: { job: 'sort', status: 'SUCCEEDED' } } });
const logs = await client.GET('/runs/{id}/logs', { params: { path, query: { from: 'tail' } } });
const wrong = await client.POST('/jobs/sort/runs', { body: { code: 'ABC' } });
const other = await client.POST('/jobs/sort/runs', { body: { code: 'abcd' } });
const cancelled = await client.DELETE('/runs/{id}', { params: { path: { id: other.data!.id } } });

console.log(JSON.stringify({
  isSame: again.data?.id === path.id,
  status: run.status,
  listed: list.data?.runs.some(({ id }) => id === path.id),
  lines: logs.data?.lines.length,
  problem: wrong.error && 'errors' in wrong.error ? wrong.error.errors?.[0].pointer : undefined,
  cancelled: cancelled.response.status,
}));
