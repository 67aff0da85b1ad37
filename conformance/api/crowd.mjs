// Many clients at once, and some that mean no good. Nothing is lost, and nothing is done twice.

const HEADERS = { 'content-type': 'application/json' };
const CODES = ['a', 'bb', 'ccc'];

/** @param api what `serveApi` gives */
export async function crowd(findings, { url, emulator, failures }) {
  const send = async (method, target, { headers, body } = {}) => {
    const response = await fetch(`${url}${target}`, { method, headers: { ...HEADERS, ...headers }, body });
    const text = await response.text();
    return { status: response.status, body: text && JSON.parse(text), type: response.headers.get('content-type') };
  };
  const start = (key, code = 'abc') => send('POST', '/jobs/sort/runs', { headers: key && { 'idempotency-key': key }, body: JSON.stringify({ code }) });
  const names = () => emulator.stepFunctions.executions().map(({ name }) => name);

  const before = names().length;
  const keys = [...Array.from({ length: 400 }, (_, index) => `own ${index}`), ...Array.from({ length: 50 }, () => 'shared'), ...Array.from({ length: 50 }, () => undefined)];
  const answers = await Promise.all(keys.map((key) => start(key)));
  findings.check(answers.every(({ status }) => status === 202), `500 at once: ${[...new Set(answers.map(({ status }) => status))].join(', ')}`);
  findings.check(new Set(answers.slice(400, 450).map(({ body }) => body.id)).size === 1, 'one key 50 times at once is more than one run');
  findings.check(names().length - before === 451, `500 requests at once with 451 meanings are ${names().length - before} runs`);
  findings.check(answers.every(({ body }) => names().includes(body.id)), 'a run that was answered was not started');

  const lists = [];
  for (let next = ''; next !== undefined;) {
    const { body } = await send('GET', `/runs?limit=100${next && `&next=${next}`}`);
    lists.push(...body.runs.map(({ id }) => id));
    next = body.next;
  }
  findings.check(answers.every(({ body }) => lists.includes(body.id)), 'a run that was answered is on no page of the list');
  findings.check(new Set(lists).size === lists.length, 'a run is twice on the pages of the list');

  const before2 = names().length;
  for (const [what, expected, method, target, options] of HOSTILE) {
    const { status, type } = await send(method, target, options);
    findings.check([expected].flat().includes(status), `${what}: ${status}`);
    findings.check(status < 400 || /json/.test(type), `${what}: ${type}`);
  }
  findings.check(names().length === before2, 'a request that was refused started a run');
  const [first, second] = await Promise.all(CODES.slice(0, 2).map((code) => start('one key', code)));
  findings.check([first.status, second.status].sort().join() === '202,422', `two bodies with one key at once: ${first.status}, ${second.status}`);
  for (const failure of new Set(failures)) findings.failed(`inside of the API: ${failure}`);
}

const LONG = 'x'.repeat(300_000);
const OTHER = '0mhz8k2p4a1b2c3d4e5f60718293a-00000000000000000000';

/** What is asked, what may be answered, and how it is asked. */
const HOSTILE = [
  ['bad JSON', 400, 'POST', '/jobs/sort/runs', { body: '{"code":' }],
  ['a list', 400, 'POST', '/jobs/sort/runs', { body: '[1]' }],
  ['null', 400, 'POST', '/jobs/sort/runs', { body: 'null' }],
  ['10,000 levels', 400, 'POST', '/jobs/sort/runs', { body: '['.repeat(10_000) }],
  ['a prototype', 400, 'POST', '/jobs/sort/runs', { body: '{"code":"a","__proto__":{"x":1}}' }],
  ['one name twice', 400, 'POST', '/jobs/sort/runs', { body: '{"code":"a","code":"b"}' }],
  ['bytes', 400, 'POST', '/jobs/sort/runs', { body: new Uint8Array([0xff, 0xfe, 0x00]) }],
  ['a huge body', 413, 'POST', '/jobs/sort/runs', { body: JSON.stringify({ code: LONG }) }],
  ['a form', 415, 'POST', '/jobs/sort/runs', { body: 'code=a', headers: { 'content-type': 'application/x-www-form-urlencoded' } }],
  ['a key that is too long', 400, 'POST', '/jobs/sort/runs', { body: '{"code":"a"}', headers: { 'idempotency-key': 'k'.repeat(256) } }],
  ['another owner', 404, 'GET', `/runs/${OTHER}`],
  ['another owner, stopped', 404, 'DELETE', `/runs/${OTHER}`],
  ['another owner, redriven', 404, 'POST', `/runs/${OTHER}/redrive`],
  ['another owner, read', 404, 'GET', `/runs/${OTHER}/logs`],
  ['dots', 404, 'GET', '/runs/..%2f..%2fopenapi.json'],
  ['an encoded slash', [404, 405], 'GET', '/runs%2f..'],
  ['a NUL', 404, 'GET', '/runs/%00'],
  ['a wrong escape', 400, 'GET', '/runs/%zz'],
  ['an absolute path', 404, 'GET', '//evil.example.com/runs'],
  ['a long path', 404, 'GET', `/runs/${'a'.repeat(4_000)}`],
  ['a query of code', 400, 'GET', '/runs?next=%22%7D%7D'],
];
