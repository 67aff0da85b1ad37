import * as http from 'node:http';
import { AddressInfo } from 'node:net';
import { Activity, WORK_HEADER } from './activity';
import { Clock } from './clock';
import type { CallFault, Faults } from './faults';
import { ApiCall, Service, ServiceError, ServiceName } from './service';
import type { Iam } from './services/iam/iam';
import { accessKeyOf } from './services/lambda/lambda';

/** What stands behind the front, until it is replaced for another run of the suite. */
export interface Backend {
  readonly services: readonly Service[];
  readonly iam: Iam;
  readonly faults: Faults;
  readonly clock: Clock;
  readonly onCall?: (record: CallRecord) => void;
}

export interface CallRecord {
  readonly service: ServiceName;
  readonly call: ApiCall;
  readonly at: number;
  readonly fault?: CallFault;
  readonly answer?: unknown;
  readonly error?: ServiceError;
}

const TARGETS: Record<string, ServiceName> = { AWSStepFunctions: 'sfn', AmazonSQS: 'sqs' };

const BATCH_PATHS: Record<string, string> = Object.fromEntries(['SubmitJob', 'DescribeJobs', 'ListJobs', 'TerminateJob', 'CancelJob']
  .map((action) => [`/v1/${action.toLowerCase()}`, action]));

/** The one HTTP server in front of all services, in the wire formats of the SDK. */
export class HttpFront {
  private readonly server = http.createServer((request, response) => this.serve(request, response));
  private readonly principals: Map<string, string>;
  backend!: Backend;

  constructor(roleArns: readonly string[], private readonly activity: Activity) {
    this.principals = new Map(roleArns.map((arn) => [accessKeyOf(arn), arn]));
    this.server.keepAliveTimeout = 60_000;
  }

  /** Listens on a port of the loopback interface, and answers its URL. */
  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private serve(request: http.IncomingMessage, response: http.ServerResponse): void {
    const chunks: Buffer[] = [];
    // By the shared clock: the SDK takes another time for a wrong clock of its own, and tries again.
    response.setHeader('date', new Date(this.backend.clock.now()).toUTCString());
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const target = request.headers['x-amz-target'] as string | undefined;
      const body = Buffer.concat(chunks);
      const accessKey = /Credential=([^/]+)\//.exec(request.headers.authorization ?? '')?.[1];
      const principal = accessKey && this.principals.get(accessKey);
      const work = String(request.headers[WORK_HEADER] ?? '');
      if (!target && !request.url?.startsWith('/v1/')) {
        void this.answer('s3', { ...s3Call(request, body), principal }, response, work);
        return;
      }
      const service = target ? TARGETS[target.split('.')[0]] : 'batch';
      const action = target ? target.split('.')[1] : BATCH_PATHS[request.url ?? ''];
      let input: unknown;
      try {
        input = body.length > 0 ? JSON.parse(body.toString('utf8')) : {};
      } catch (error) {
        send(response, service, undefined, new ServiceError('SerializationException', (error as Error).message));
        return;
      }
      const call: ApiCall = { action: action ?? `${request.method} ${request.url}`, input, principal };
      void this.answer(service, call, response, work);
    });
  }

  private async answer(service: ServiceName, call: ApiCall, response: http.ServerResponse, work: string): Promise<void> {
    const { services, iam, faults, clock, onCall } = this.backend;
    const at = clock.now();
    const fault = faults.call(service, call);
    let answer: unknown;
    let error: ServiceError | undefined;
    try {
      const behind = services.find((one) => one.name === service)!;
      if (fault?.kind === 'refuse') throw new ServiceError(fault.code, fault.message ?? fault.code, fault.status);
      for (const authorization of behind.authorizations(call)) {
        const refusal = iam.refusal(call.principal, authorization);
        if (refusal) throw service === 's3' ? new ServiceError('AccessDenied', refusal, 403) : new ServiceError('AccessDeniedException', refusal, service === 'batch' ? 403 : 400);
      }
      answer = await behind.handle(call);
      if (fault?.kind === 'alter') answer = fault.alter(answer);
      if (fault?.kind === 'accept-then-fail') throw new ServiceError(fault.code, fault.message ?? fault.code, fault.status);
    } catch (thrown) {
      error = thrown instanceof ServiceError ? thrown : new ServiceError('InternalFailure', String((thrown as Error)?.stack ?? thrown), 500);
    }
    onCall?.({ service, call, at, fault, answer, error });
    if (fault?.kind === 'accept-then-drop') {
      response.socket?.destroy();
      return;
    }
    if (fault?.kind === 'accept-then-hang') {
      this.activity.rest(work);
      await clock.sleep(fault.delay);
      this.activity.resume(work);
    }
    send(response, service, answer, error);
  }
}

/** `PUT /bucket/key`, without the query, in which the SDK only says what it is doing. */
function s3Call({ method, url = '/' }: http.IncomingMessage, Body: Buffer): ApiCall {
  const [, Bucket = '', ...key] = url.split('?')[0].split('/').map(decodeURIComponent);
  return { action: S3_METHODS[method ?? ''] ?? `${method} ${url}`, input: { Bucket, Key: key.join('/'), ...(method === 'PUT' ? { Body } : {}) } };
}

const S3_METHODS: Record<string, string> = { GET: 'GetObject', PUT: 'PutObject', HEAD: 'HeadObject' };

function sendXml(response: http.ServerResponse, answer: { ETag?: string; Body?: Buffer } = {}, error: ServiceError | undefined): void {
  const escaped = (text: string) => text.replace(/[<>&]/g, (character) => ({ '<': '&lt;', '>': '&gt;', '&': '&amp;' })[character]!);
  const body = error ? `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${error.code}</Code><Message>${escaped(error.message)}</Message></Error>` : answer.Body ?? '';
  response.writeHead(error?.status ?? 200, {
    'content-type': error ? 'application/xml' : 'binary/octet-stream',
    'content-length': Buffer.byteLength(body),
    ...(answer.ETag ? { etag: answer.ETag } : {}),
  });
  response.end(body);
}

function send(response: http.ServerResponse, service: ServiceName, answer: unknown, error: ServiceError | undefined): void {
  if (service === 's3') {
    sendXml(response, answer as { ETag?: string; Body?: Buffer }, error);
    return;
  }
  const type = service === 'batch' ? 'application/json' : 'application/x-amz-json-1.0';
  const body = JSON.stringify(error ? { __type: error.code, message: error.message } : answer);
  response.writeHead(error?.status ?? 200, { 'content-type': type, 'content-length': Buffer.byteLength(body), ...(error ? { 'x-amzn-errortype': error.code } : {}) });
  response.end(body);
}
