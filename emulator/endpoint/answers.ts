import type { ServerResponse } from 'node:http';
import { ServiceError, ServiceName } from '../service';
import { errorShapeOf } from '../services/sqs/sqs';

/** Sends an answer, or an error, in the wire format of its service. */
export function send(response: ServerResponse, service: ServiceName, answer: unknown, error: ServiceError | undefined): void {
  if (service === 's3') sendXml(response, answer as { ETag?: string; Body?: Buffer } | undefined, error);
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
  s3: 'application/xml',
};

/** A header cannot have all characters, and Node.js throws for the others. */
function inHeader(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?');
}

function sendXml(response: ServerResponse, answer: { ETag?: string; Body?: Buffer } = {}, error: ServiceError | undefined): void {
  const body = error ? `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${inXml(error.code)}</Code><Message>${inXml(error.message)}</Message></Error>` : answer.Body ?? '';
  response.writeHead(error?.status ?? 200, {
    'content-type': error ? 'application/xml' : 'binary/octet-stream',
    'content-length': Buffer.byteLength(body),
    // What is in an object may be a web page, which no browser shall show as one.
    'x-content-type-options': 'nosniff',
    ...(answer.ETag ? { etag: answer.ETag } : {}),
  });
  response.end(body);
}

/** XML has no control characters but three, not even as references. https://www.w3.org/TR/xml/#charsets */
function inXml(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]/gu, '?').replace(/[<>&]/g, (character) => ({ '<': '&lt;', '>': '&gt;', '&': '&amp;' })[character]!);
}
