import type { IncomingMessage } from 'node:http';
import { ServiceError, ServiceName } from '../service';

const MEBIBYTE = 1024 * 1024;

/**
 * The most bytes of a body. JSON may need six characters for one of a message: `\u0000`.
 *
 * - Batch: a job has at most 30 KiB. https://docs.aws.amazon.com/batch/latest/userguide/service_limits.html
 * - Step Functions: a request has at most 1 MB. https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 * - SQS: a message, and all messages of a request, have at most 1 MiB.
 *   https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
 * - DynamoDB: a request has at most 16 MB. https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
 * - S3: 5 GB in AWS. Here objects are in memory. A larger one is uploaded in parts, as most clients do anyway.
 *   https://docs.aws.amazon.com/AmazonS3/latest/userguide/upload-objects.html
 */
export const LARGEST_BODY: Record<ServiceName, number> = {
  batch: MEBIBYTE,
  sfn: MEBIBYTE,
  sqs: 6 * MEBIBYTE + 65_536,
  s3: 512 * MEBIBYTE,
  cloudwatch_logs: MEBIBYTE,
  dynamodb: 16 * MEBIBYTE,
};

/** What was sent: the body, or that it has more bytes than are allowed. Undefined when the client has gone away. */
export type Body = Buffer | 'too-large' | undefined;

/**
 * Reads a body. What is over the limit is read and dropped, so that the client reads the answer instead of an error of its connection; the time
 * limit of the server ends a client that never stops.
 */
export function readBody(request: IncomingMessage, limit: number): Promise<Body> {
  return new Promise((resolve) => {
    let chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= limit) chunks.push(chunk);
      else chunks = [];
    });
    request.once('end', () => resolve(length <= limit ? Buffer.concat(chunks) : 'too-large'));
    request.once('error', () => resolve(undefined));
    request.once('close', () => resolve(undefined));
  });
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html, https://docs.aws.amazon.com/signer/latest/api/CommonErrors.html */
export function tooLarge(service: ServiceName): ServiceError {
  if (service === 's3') return new ServiceError('EntityTooLarge', `Your proposed upload exceeds the maximum allowed size, which is ${LARGEST_BODY.s3} bytes in the emulator: upload the object in parts.`);
  return new ServiceError('RequestEntityTooLargeException', `The request is larger than ${LARGEST_BODY[service]} bytes.`, 413);
}
