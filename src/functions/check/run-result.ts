import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { objectAt } from '../../contract/object-store';

/** What a container left for its caller. */
export interface RunResult {
  readonly result: unknown;
  readonly resultUri: string | null;
  readonly resultError?: string;
}

export const NO_RESULT: RunResult = { result: null, resultUri: null };

/**
 * Bytes of a result that a run's output carries: a state's output may have 256 KiB, and there is more in it.
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
export const LARGEST_RESULT = 200 * 1024;

/**
 * Reads what a container wrote. That nothing is there is no error, and neither is that it may not be read: the job did its work.
 * What may be different next time is thrown.
 */
export async function runResult(s3: S3Client, uri: string | undefined): Promise<RunResult> {
  if (uri === undefined) return NO_RESULT;
  if (uri.endsWith('/')) return { result: null, resultUri: uri };
  try {
    const { Body, ContentLength = 0 } = await s3.send(new GetObjectCommand(objectAt(uri)));
    if (ContentLength > LARGEST_RESULT) {
      (Body as unknown as { destroy?: () => void } | undefined)?.destroy?.();
      return { result: null, resultUri: uri };
    }
    return { result: readResult(await Body!.transformToByteArray()), resultUri: uri };
  } catch (error) {
    const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
    if (name === 'NoSuchKey') return NO_RESULT;
    const status = $metadata?.httpStatusCode ?? 0;
    if (status < 400 || status >= 500 || status === 408 || status === 429) throw error;
    return { result: null, resultUri: uri, resultError: `${name}: ${message}` };
  }
}

/** JSON or text; null for what is neither, or grows too large when it is written as JSON. */
export function readResult(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
  const value = jsonOr(text);
  return Buffer.byteLength(JSON.stringify(value)) > LARGEST_RESULT ? null : value;
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
