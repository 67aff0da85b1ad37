import type { ServerResponse } from 'node:http';
import { NotEmulated } from './auth-errors';
import { xmlDocument, xmlError, xmlErrorResponse } from './xml';
import { ServiceError, ServiceName } from '../service';
import type { S3Answer } from '../services/s3/s3';
import { errorShapeOf } from '../services/sqs/sqs';

/** Sends an answer, or an error, in the wire format of its service. */
export function send(response: ServerResponse, service: ServiceName, answer: unknown, error: ServiceError | undefined): void {
  if (service === 's3' && error instanceof NotEmulated) sendNotEmulated(response, error);
  else if (service === 's3') sendS3(response, answer as S3Answer | undefined, error);
  else sendJson(response, service, answer, error);
}

function sendJson(response: ServerResponse, service: ServiceName, answer: unknown, error: ServiceError | undefined): void {
  const contentType = CONTENT_TYPES[service];
  const type = error && (service === 'sqs' ? errorShapeOf(error.code) : error.code);
  const body = JSON.stringify(error ? { __type: type, message: error.message } : answer);
  response.writeHead(error?.status ?? 200, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
    ...(error && service === 'sqs' ? { 'x-amzn-query-error': `${inHeader(error.code)};${error.status < 500 ? 'Sender' : 'Receiver'}` } : {}),
    ...(error && service !== 'sqs' ? { 'x-amzn-errortype': inHeader(error.code) } : {}),
  });
  response.end(body);
}

const CONTENT_TYPES: Record<ServiceName, string> = {
  batch: 'application/json',
  sfn: 'application/x-amz-json-1.0',
  sqs: 'application/x-amz-json-1.0',
  cloudwatch_logs: 'application/x-amz-json-1.1',
  dynamodb: 'application/x-amz-json-1.0',
  s3: 'application/xml',
};

/** A header cannot have all characters, and Node.js throws for the others. */
function inHeader(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?');
}

/** The headers that an answer of S3 has as members. */
const S3_HEADERS: Record<string, string> = { ETag: 'etag', LastModified: 'last-modified', ContentRange: 'content-range', AcceptRanges: 'accept-ranges' };

function sendS3(response: ServerResponse, answer: S3Answer = {}, error: ServiceError | undefined): void {
  const body = error ? xmlError(error.code, error.message) : answer.Xml ? xmlDocument(...answer.Xml) : answer.Body ?? '';
  const members = new Map<string, unknown>(Object.entries(answer));
  const ofAnswer = Object.entries(S3_HEADERS).filter(([member]) => members.has(member)).map(([member, name]) => [name, String(members.get(member))]);
  response.writeHead(error?.status ?? answer.Status ?? 200, {
    'content-type': error || answer.Xml ? 'application/xml' : 'binary/octet-stream',
    ...error ? {} : { ...answer.Headers, ...answer.Checksums, ...Object.fromEntries(ofAnswer) },
    'content-length': Buffer.byteLength(body),
    // What is in an object may be a web page, which no browser shall show as one.
    'x-content-type-options': 'nosniff',
  });
  response.end(body);
}

/** In a form that the clients of most services read. Those that expect JSON find the code in the header, and show the whole body. */
function sendNotEmulated(response: ServerResponse, { code, message, status }: NotEmulated): void {
  const body = xmlErrorResponse(code, message);
  response.writeHead(status, { 'content-type': 'text/xml', 'content-length': Buffer.byteLength(body), 'x-amzn-errortype': code });
  response.end(body);
}
