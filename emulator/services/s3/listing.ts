import type { Objects, StoredObject } from './objects';
import type { NamedUpload, Uploads } from './uploads';
import { ServiceError } from '../../service';

export interface ListingRequest {
  readonly Bucket: string;
  readonly Prefix?: string;
  readonly Delimiter?: string;
  readonly MaxKeys?: string;
  readonly EncodingType?: string;
  readonly StartAfter?: string;
  readonly ContinuationToken?: string;
}

/** Of a page. */
const MOST_KEYS = 1000;
const MOST_PARTS = 1000;

/** The elements of the answer of ListObjectsV2, or of its former version. https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
export function listing(objects: Objects, request: ListingRequest, isFormer: boolean): object {
  const { Bucket, Prefix = '', Delimiter, EncodingType, StartAfter = '', ContinuationToken } = request;
  const most = Math.min(MOST_KEYS, numberOf('max-keys', request.MaxKeys, MOST_KEYS));
  const after = ContinuationToken === undefined ? '' : Buffer.from(ContinuationToken, 'base64').toString();
  const encoded = (text: string) => EncodingType === 'url' ? encodeURIComponent(text).replaceAll('%2F', '/') : text;
  // A key beyond the delimiter counts as its prefix, once.
  const delimiterIn = (name: string) => Delimiter ? name.indexOf(Delimiter, Prefix.length) : -1;
  const isKey = (name: string) => delimiterIn(name) < 0;
  const nameOf = (key: string) => isKey(key) ? key : key.slice(0, delimiterIn(key) + Delimiter!.length);
  const keys = objects.keys(Bucket, Prefix).filter((key) => key > StartAfter && !(isFormer && nameOf(key) === StartAfter));
  const names = [...new Set(keys.map(nameOf))].filter((name) => name > after);
  const page = names.slice(0, most);
  const isTruncated = most > 0 && names.length > page.length;
  return {
    Name: Bucket,
    Prefix: encoded(Prefix),
    Delimiter: Delimiter && encoded(Delimiter),
    MaxKeys: most,
    EncodingType,
    IsTruncated: isTruncated,
    ...isFormer
      ? { Marker: encoded(StartAfter), NextMarker: isTruncated ? encoded(page.at(-1)!) : undefined }
      : {
        KeyCount: page.length,
        StartAfter: request.StartAfter && encoded(StartAfter),
        ContinuationToken,
        NextContinuationToken: isTruncated ? Buffer.from(page.at(-1)!).toString('base64') : undefined,
      },
    Contents: page.filter(isKey).map((key) => ({ Key: encoded(key), ...listed(objects.get(Bucket, key)!), StorageClass: 'STANDARD' })),
    CommonPrefixes: page.filter((name) => !isKey(name)).map((name) => ({ Prefix: encoded(name) })),
  };
}

/** The elements of the answer of ListParts. */
export function partListing(uploads: Uploads, request: NamedUpload & { readonly MaxParts?: string; readonly PartNumberMarker?: string }): object {
  const { Bucket, Key, UploadId } = request;
  const most = Math.min(MOST_PARTS, numberOf('max-parts', request.MaxParts, MOST_PARTS));
  const PartNumberMarker = numberOf('part-number-marker', request.PartNumberMarker, 0);
  const parts = uploads.partsOf(request).filter(([number]) => number > PartNumberMarker);
  const page = parts.slice(0, most);
  return {
    Bucket,
    Key,
    UploadId,
    StorageClass: 'STANDARD',
    PartNumberMarker,
    NextPartNumberMarker: page.at(-1)?.[0] ?? 0,
    MaxParts: most,
    IsTruncated: parts.length > page.length,
    Part: page.map(([PartNumber, part]) => ({ PartNumber, ...listed(part) })),
  };
}

/** What both lists say of an object or a part. */
function listed({ at, etag, body }: StoredObject) {
  return { LastModified: new Date(at).toISOString(), ETag: etag, Size: body.length };
}

/** A whole number of a query. */
function numberOf(name: string, value: string | undefined, otherwise: number): number {
  if (value === undefined || value === '') return otherwise;
  if (!/^\d{1,9}$/.test(value)) throw new ServiceError('InvalidArgument', `Provided ${name} not an integer or within integer range`);
  return Number(value);
}
