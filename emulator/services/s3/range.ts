import { ServiceError } from '../../service';

export interface ByteRange {
  /** The first byte, and the one after the last. */
  readonly start: number;
  readonly end: number;
}

/**
 * Reads the header `Range` for a body of so many bytes. Undefined for the whole body: also for a header that cannot be read, or that names several
 * ranges, as in S3. https://www.rfc-editor.org/rfc/rfc9110#name-range, https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 */
export function readRange(header: string | undefined, length: number): ByteRange | undefined {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (first === undefined || (first === '' && last === '')) return undefined;
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined;
  const start = first === '' ? Math.max(0, length - Number(last)) : Number(first);
  const end = first === '' || last === '' ? length : Math.min(length, Number(last) + 1);
  if (start >= end) throw new ServiceError('InvalidRange', 'The requested range is not satisfiable', 416);
  return { start, end };
}
