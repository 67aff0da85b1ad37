import { ServiceError } from '../../service';

/** What a page of GetLogEvents or FilterLogEvents has at most: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html */
export const PAGE = { events: 10_000, bytes: 1024 * 1024 };

/** Bytes that CloudWatch Logs counts for an event besides its message: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html */
const EVENT_BYTES = 26;

export function sizeOf(message: string): number {
  return Buffer.byteLength(message) + EVENT_BYTES;
}

export function validateLimit(limit: number): void {
  if (limit >= 1 && limit <= PAGE.events) return;
  const constraint = `Member must have value less than or equal to ${PAGE.events}`;
  throw invalid(`Value '${limit}' at 'limit' failed to satisfy constraint: ${constraint}`);
}

export function invalid(message: string): ServiceError {
  return new ServiceError('InvalidParameterException', message);
}

export function invalidToken(): never {
  throw invalid('The specified nextToken is invalid.');
}
