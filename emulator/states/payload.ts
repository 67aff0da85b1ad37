import { TaskError } from './task-error';

/** Bytes. https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
export const LARGEST_PAYLOAD = 262_144;

/** A text as it is, and any other value as JSON. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/**
 * Returns the payload. Fails when it is larger than the payload of a state may be.
 *
 * @param name what returned the payload
 */
export function withinPayloadLimit<T>(payload: T, name: string): T {
  const size = Buffer.byteLength(JSON.stringify(payload) ?? '');
  if (size > LARGEST_PAYLOAD) {
    throw new TaskError('States.DataLimitExceeded', `The state/task '${name}' returned a result with a size exceeding the maximum number of bytes service limit.`);
  }
  return payload;
}
