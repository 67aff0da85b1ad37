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

/** The bytes of a part, whose numbers begin with 1. https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html */
export function rangeOfPart(number: string, lengths: readonly number[]): ByteRange | undefined {
  const index = Number(number) - 1;
  if (!/^\d{1,5}$/.test(number) || index < 0) throw new ServiceError('InvalidArgument', 'Part number must be an integer between 1 and 10000, inclusive');
  if (index >= lengths.length) throw new ServiceError('InvalidPartNumber', 'The requested partnumber is not satisfiable', 416);
  const start = lengths.slice(0, index).reduce((sum, length) => sum + length, 0);
  return lengths[index] === 0 ? undefined : { start, end: start + lengths[index] };
}
