// Who has to sign in. A server in front of the API refuses what is not signed, as API Gateway does; the API itself verifies signatures.
import { once } from 'node:events';
import http from 'node:http';
import { openSite } from './site.mjs';

export const SIGN_IN = [{
  title: 'a token is sent as it was typed, and a refused one is asked for again',
  expectsErrors: true,
  async walk({ url, check, browser }) {
    let accepted = 'Bearer a.b.c';
    await withGuard(url, (headers) => headers.authorization === accepted, 401, '{"message":"Unauthorized"}', async (guarded, seen) => {
      const site = await openSite(browser, guarded);
      const { page } = site;
      const field = page.getByLabel('Token, or keys of AWS');
      await field.waitFor();
      check((await site.barriers()).length === 0, `the form: ${(await site.barriers()).join('\n')}`);
      await field.fill('{"AccessKeyId": ');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByText('not valid JSON').waitFor();
      await field.fill('wrong');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByText('The API answered 401: Unauthorized').waitFor();
      await field.fill(accepted);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByText('All runs').waitFor();
      check(seen.includes(accepted), 'the token was not sent');
      check(!(await page.content()).includes('a.b.c') && await page.evaluate(() => sessionStorage.length) === 0, 'the token is in the page, or is kept');
      check(!site.requests.some(({ url: requested }) => requested.includes('a.b.c')), 'the token is in an address');
      accepted = 'another';
      await page.getByText('The API answered 401: Unauthorized').waitFor();
      await field.fill(accepted);
      await page.getByLabel('Keep it until this tab is closed').check();
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByText('All runs').waitFor();
      await page.reload();
      await page.getByText('All runs').waitFor();
      await page.goto(`${guarded}/console#/new/report`);
      check((await page.locator('.command code').innerText()).includes('-H "Authorization: $TOKEN"'), 'the command has no token');
      await page.getByRole('button', { name: 'Sign out' }).click();
      await field.waitFor();
      check(await page.evaluate(() => sessionStorage.length) === 0, 'signing out keeps the token');
      check(site.violations().length === 0, `the policy was violated: ${site.violations().join('; ')}`);
      await site.close();
    });
  },
}, {
  title: 'keys of AWS sign each request, and the API verifies the signatures',
  expectsErrors: true,
  async walk({ signed, check, browser, environment }) {
    const { AWS_ACCESS_KEY_ID: AccessKeyId, AWS_SECRET_ACCESS_KEY: SecretAccessKey } = environment;
    const site = await openSite(browser, signed);
    const { page } = site;
    // The API takes a request without a signature for one of its user, so the first question is refused here.
    const isSigned = (request) => request.headers().authorization?.startsWith('AWS4-HMAC-SHA256 ');
    await page.route('**/openapi.json', (route) => isSigned(route.request()) ? route.continue() : route.fulfill({ status: 403, json: { message: 'Forbidden' } }));
    await page.reload();
    const signIn = async (credentials) => {
      await page.getByLabel('Token, or keys of AWS').fill(JSON.stringify({ Version: 1, ...credentials }));
      await page.getByRole('button', { name: 'Sign in' }).click();
    };
    await signIn({ AccessKeyId, SecretAccessKey: `${SecretAccessKey}x` });
    await page.getByText('The API answered 403').waitFor();
    await signIn({ AccessKeyId, SecretAccessKey, Expiration: '2020-01-01T00:00:00Z' });
    await page.getByText('These credentials have expired').waitFor();
    await signIn({ AccessKeyId, SecretAccessKey });
    await page.getByText('All runs').waitFor();
    const from = site.requests.length;
    await page.goto(`${signed}/console#/?job=report&status=SUCCEEDED`);
    await page.getByText('No run fits the filter').waitFor();
    await page.goto(`${signed}/console#/new/report`);
    await page.locator('#field-pages').fill('10');
    await page.locator('#field-seconds').fill('0.2');
    check((await page.locator('.command code').innerText()).includes('--aws-sigv4 aws:amz:us-east-1:execute-api'), 'the command does not sign');
    await page.getByRole('button', { name: 'Start run' }).click();
    await site.status('SUCCEEDED');
    await page.getByText('::result').waitFor();
    const calls = site.requests.slice(from);
    check(calls.length > 4 && calls.every(({ headers }) => headers.authorization?.startsWith(`AWS4-HMAC-SHA256 Credential=${AccessKeyId}/`)), 'a request has no signature');
    check(!(await page.content()).includes(SecretAccessKey), 'the key is in the page');
    await site.close();
  },
}];

/** The API behind a server that refuses some requests. It hands on the others without what they were accepted for. */
async function withGuard(url, accepts, status, message, use) {
  const seen = [];
  const server = http.createServer((request, response) => {
    const { authorization, ...headers } = request.headers;
    seen.push(authorization);
    if (!request.url.startsWith('/console') && !accepts(request.headers)) {
      response.writeHead(status, { 'content-type': 'application/json' }).end(message);
      return;
    }
    const { hostname, port, host } = new URL(url);
    const onward = http.request({ hostname, port, path: request.url, method: request.method, headers: { ...headers, host } }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await use(`http://127.0.0.1:${server.address().port}`, seen);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
