import type { ApiRequest } from './api-observations';

/** What an attacker knows: the id of a run of another owner, the name of that owner, and a cursor of its log. */
export interface Loot {
  readonly id: string;
  readonly owner: string;
  readonly cursor?: string;
  /** A run of the attacker. */
  readonly ownId: string;
  readonly job: string;
}

const CURSORS: readonly unknown[] = [[1], [99], [-1], [0, null], ['0'], [{}], 'run/default/another', { stream: 0 }, []];

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Requests by which a caller may try to see, stop, redrive or find a run of another owner. */
export function hostileRequests({ id, ownId, owner, job, cursor }: Loot): ApiRequest[] {
  const ownHash = ownId.slice(-20);
  const ids = [
    id,
    id.slice(0, -20) + ownHash,
    ownId.slice(0, -20) + id.slice(-20),
    id.toUpperCase(),
    `${id}%00`,
    `%20${id}`,
    `${ownId}%2f..%2f${id}`,
    `${ownId}/../${id}`,
    `${id};${ownId}`,
    `${ownId}%23${id}`,
    '__proto__',
  ];
  const get = (path: string, headers?: Record<string, string>): ApiRequest => ({ method: 'GET', path, headers });
  return [
    ...ids.flatMap((each): ApiRequest[] => [
      get(`/runs/${each}`),
      get(`/runs/${each}/logs`),
      { method: 'DELETE', path: `/runs/${each}` },
      { method: 'POST', path: `/runs/${each}/redrive` },
    ]),
    get(`/runs/${id}`, { 'x-forwarded-user': owner, 'x-amzn-oidc-identity': owner, 'sub': owner, 'authorization': `Bearer ${encoded({})}.${encoded({ sub: owner })}.` }),
    get(`/runs/${id}?sub=${owner}&owner=${owner}`),
    get(`//runs/${id}`),
    get(`/runs//${id}`),
    get(`/jobs/../runs/${id}`),
    get(`/jobs/${job}/runs/${id}`),
    get(`/runs/${id}%2Flogs`),
    get(`/runs?next=${id}`),
    get(`/runs?next=${id}&status=SUCCEEDED&limit=100`),
    get(`/runs?next=${id.slice(0, -20)}${ownHash}&limit=100`),
    get(`/runs?next=zzzzzzzzz${'f'.repeat(20)}-${id.slice(-20)}&limit=100`),
    get(`/runs?status=SUCCEEDED%23${id.slice(-20)}`),
    get(`/runs?job=${job}%23${id}`),
    ...[cursor, ...CURSORS.map(encoded)].flatMap((next) => next === undefined ? [] : [get(`/runs/${ownId}/logs?next=${next}`), get(`/runs/${id}/logs?next=${next}`)]),
  ];
}
