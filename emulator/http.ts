import * as http from 'node:http';
import { AddressInfo } from 'node:net';
import { Activity, WORK_HEADER } from './activity';
import { Clock } from './clock';
import type { CallFault, Faults } from './faults';
import { ApiCall, Service, ServiceError, ServiceName } from './service';
import type { Iam } from './services/iam/iam';
import { accessKeyOf } from './services/lambda/lambda';
import { errorShapeOf } from './services/sqs/sqs';

/** What handles the requests. It is replaced when the emulator starts over, while the server keeps its port. */
export interface Backend {
  readonly services: readonly Service[];
  readonly iam: Iam;
  readonly faults: Faults;
  readonly clock: Clock;
  readonly onCall?: (record: CallRecord) => void;
  readonly onUnexpectedError?: (error: unknown) => void;
}

/** An API call and its outcome. */
export interface CallRecord {
  readonly service: ServiceName;
  readonly call: ApiCall;
  readonly at: number;
  readonly fault?: CallFault;
  readonly answer?: unknown;
  readonly error?: ServiceError;
}

/** The services whose requests name their action in the header `x-amz-target`. */
const SERVICES_BY_TARGET: Record<string, ServiceName> = { AWSStepFunctions: 'sfn', AmazonSQS: 'sqs' };

const BATCH_ACTIONS_BY_PATH: Record<string, string> = Object.fromEntries(['SubmitJob', 'DescribeJobs', 'ListJobs', 'TerminateJob', 'CancelJob']
  .map((action) => [`/v1/${action.toLowerCase()}`, action]));

const S3_ACTIONS_BY_METHOD: Record<string, string> = { GET: 'GetObject', PUT: 'PutObject', HEAD: 'HeadObject' };

/** The HTTP server for all emulated services. It speaks the wire formats of the AWS SDK. */
export class HttpEndpoint {
  private readonly server = http.createServer((request, response) => this.serve(request, response));
  /** Role ARNs by access key: the functions of a role sign their requests with its key. */
  private readonly principals: Map<string, string>;
  backend!: Backend;

  constructor(roleArns: readonly string[], private readonly activity: Activity) {
    this.principals = new Map(roleArns.map((arn) => [accessKeyOf(arn), arn]));
    this.server.keepAliveTimeout = 60_000;
  }

  /** Listens on a free port of the loopback interface and returns the URL. */
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
    // The date is the shared clock's. With any other date the SDK would correct its clock and retry.
    response.setHeader('date', new Date(this.backend.clock.now()).toUTCString());
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const { method, url } = request as { method: string; url: string };
      const target = request.headers['x-amz-target'] as string | undefined;
      const body = Buffer.concat(chunks);
      const accessKey = /Credential=([^/]+)\//.exec(request.headers.authorization ?? '')?.[1];
      const principal = accessKey && this.principals.get(accessKey);
      const workId = String(request.headers[WORK_HEADER] ?? '');
      if (!target && !url.startsWith('/v1/')) {
        void this.answer('s3', { ...s3Call(method, url, body), principal }, response, workId);
        return;
      }
      const service = target ? SERVICES_BY_TARGET[target.split('.')[0]] : 'batch';
      const action = target ? target.split('.')[1] : BATCH_ACTIONS_BY_PATH[url];
      let input: unknown;
      try {
        input = body.length > 0 ? JSON.parse(body.toString('utf8')) : {};
      } catch (error) {
        send(response, service, undefined, new ServiceError('SerializationException', (error as Error).message));
        return;
      }
      const call: ApiCall = { action: action ?? `${method} ${url}`, input, principal };
      void this.answer(service, call, response, workId);
    });
  }

  private async answer(serviceName: ServiceName, call: ApiCall, response: http.ServerResponse, workId: string): Promise<void> {
    const { services, faults, clock, onCall } = this.backend;
    const at = clock.now();
    const fault = faults.call(serviceName, call);
    let answer: unknown;
    let error: ServiceError | undefined;
    try {
      const service = services.find(({ name }) => name === serviceName)!;
      if (fault?.kind === 'refuse') throw new ServiceError(fault.code, fault.message ?? fault.code, fault.status);
      this.authorize(service, call);
      answer = await service.handle(call);
      if (fault?.kind === 'alter') answer = fault.alter(answer);
      if (fault?.kind === 'accept-then-fail') throw new ServiceError(fault.code, fault.message ?? fault.code, fault.status);
    } catch (thrown) {
      error = this.serviceErrorOf(thrown);
    }
    onCall?.({ service: serviceName, call, at, fault, answer, error });
    if (fault?.kind === 'accept-then-drop') {
      response.destroy();
      return;
    }
    if (fault?.kind === 'accept-then-hang') {
      this.activity.pause(workId);
      await clock.sleep(fault.delay);
      this.activity.resume(workId);
    }
    send(response, serviceName, answer, error);
  }

  private authorize(service: Service, call: ApiCall): void {
    for (const authorization of service.authorizations(call)) {
      const refusal = this.backend.iam.refusal(call.principal, authorization);
      if (refusal) throw accessDenied(service.name, refusal);
    }
  }

  private serviceErrorOf(thrown: unknown): ServiceError {
    if (thrown instanceof ServiceError) return thrown;
    this.backend.onUnexpectedError?.(thrown);
    return new ServiceError('InternalFailure', String(thrown), 500);
  }
}

function accessDenied(service: ServiceName, message: string): ServiceError {
  if (service === 's3') return new ServiceError('AccessDenied', message, 403);
  return new ServiceError('AccessDeniedException', message, service === 'batch' ? 403 : 400);
}

/** Reads `PUT /bucket/key`. The query only repeats which action it is. */
function s3Call(method: string, url: string, Body: Buffer): ApiCall {
  const [, Bucket = '', ...key] = url.split('?')[0].split('/').map(decodeURIComponent);
  const action = S3_ACTIONS_BY_METHOD[method] ?? `${method} ${url}`;
  return { action, input: { Bucket, Key: key.join('/'), ...(method === 'PUT' ? { Body } : {}) } };
}

function send(response: http.ServerResponse, service: ServiceName, answer: unknown, error: ServiceError | undefined): void {
  if (service === 's3') {
    sendXml(response, answer as { ETag?: string; Body?: Buffer }, error);
    return;
  }
  const contentType = service === 'batch' ? 'application/json' : 'application/x-amz-json-1.0';
  const type = error && (service === 'sqs' ? errorShapeOf(error.code) : error.code);
  const body = JSON.stringify(error ? { __type: type, message: error.message } : answer);
  response.writeHead(error?.status ?? 200, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
    ...(error && service === 'sqs' ? { 'x-amzn-query-error': `${error.code};${error.status < 500 ? 'Sender' : 'Receiver'}` } : {}),
    ...(error && service !== 'sqs' ? { 'x-amzn-errortype': error.code } : {}),
  });
  response.end(body);
}

function sendXml(response: http.ServerResponse, answer: { ETag?: string; Body?: Buffer } = {}, error: ServiceError | undefined): void {
  const escapeXml = (text: string) => text.replace(/[<>&]/g, (character) => ({ '<': '&lt;', '>': '&gt;', '&': '&amp;' })[character]!);
  const body = error ? `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${error.code}</Code><Message>${escapeXml(error.message)}</Message></Error>` : answer.Body ?? '';
  response.writeHead(error?.status ?? 200, {
    'content-type': error ? 'application/xml' : 'binary/octet-stream',
    'content-length': Buffer.byteLength(body),
    ...(answer.ETag ? { etag: answer.ETag } : {}),
  });
  response.end(body);
}
