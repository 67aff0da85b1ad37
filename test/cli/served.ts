import { ChildProcess } from 'child_process';
import { createServer } from 'http';
import { AddressInfo } from 'net';
import { Duration, Stack } from 'aws-cdk-lib';
import { Ended, heavyBatch } from './heavy-batch';
import { HeavyBatchJob, HeavyBatchResultSource } from '../../src';
import { imageOf } from '../emulator/apps';

interface Ready {
  readonly apis: { readonly path: string; readonly url: string; readonly start?: string }[];
  readonly jobs: { readonly path: string; readonly stateMachineArn: string }[];
  readonly environment: Record<string, string>;
  readonly state?: string;
}

export interface Served extends Ready {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  readonly lines: () => Record<string, unknown>[];
}

/** A job that says what it was given, and of which edit it is, as its result; or it waits for its end. */
export function echoJob(stack: Stack, { id = 'Echo', edit }: { id?: string; edit?: string } = {}): HeavyBatchJob {
  const script = `const [word] = process.argv.slice(2);
console.log('::progress 50 half');
if (word !== 'wait') console.log('::result ' + JSON.stringify({ word, edit: ${JSON.stringify(edit)} }));
else setInterval(() => {}, 1000);`;
  return new HeavyBatchJob(stack, id, {
    imageDirectory: imageOf({ 'Dockerfile': 'FROM node:24\nCOPY . .', 'index.js': script }),
    command: ['node', 'index.js', 'Ref::word'],
    parameters: { word: 'none' },
    attemptTimeout: Duration.hours(1),
    resultSource: HeavyBatchResultSource.LOG,
  });
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Serves an app with the command line that ships, on ports that are free where the arguments name none. */
export async function serve(...args: string[]): Promise<Served> {
  const ports = args.includes('--port') ? [] : ['--port', String(await freePort()), '--aws-port', String(await freePort())];
  const { child, ended } = heavyBatch('serve', ...ports, '--json', ...args);
  let out = '';
  const lines = () => out.split('\n').slice(0, -1).map((line) => JSON.parse(line) as Record<string, unknown>);
  const ready = await new Promise<Ready>((resolve, reject) => {
    child.stdout!.on('data', (chunk) => {
      out += chunk;
      const found = lines().find(({ type }) => type === 'ready');
      if (found) resolve(found as unknown as Ready);
    });
    void ended.then(({ err }) => reject(new Error(err)));
  });
  return { ...ready, child, ended, lines };
}

export async function call(url: string, { method = 'GET', body, headers = {} }: { method?: string; body?: object; headers?: Record<string, string> } = {}): Promise<{ status: number; headers: Headers; body: any }> {
  const response = await fetch(url, { method, headers: { ...body && { 'content-type': 'application/json' }, ...headers }, body: body && JSON.stringify(body) });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
}

/** Asks for a run until it is as a test expects it. */
export async function until(url: string, expected: (run: any) => boolean): Promise<any> {
  for (;;) {
    const { body } = await call(`${url}?wait=5`);
    if (expected(body)) return body;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

export const stop = async ({ child, ended }: Served) => {
  child.kill('SIGINT');
  return ended;
};
