import { randomBytes } from 'node:crypto';
import { md5, Objects, StoredObject, unquoted } from './objects';
import { ServiceError } from '../../service';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const MOST_PARTS = 10_000;
/** Bytes of each part but the last one. */
const SMALLEST_PART = 5 * 1024 * 1024;

interface Upload {
  readonly id: string;
  readonly bucket: string;
  readonly key: string;
  readonly headers?: StoredObject['headers'];
  readonly parts: Map<number, StoredObject>;
}

export interface NamedUpload {
  readonly Bucket: string;
  readonly Key: string;
  readonly UploadId: string;
}

/** The uploads in parts that are not complete. */
export class Uploads {
  private readonly uploads = new Map<string, Upload>();

  constructor(private readonly objects: Objects) {}

  create(bucket: string, key: string, headers: Upload['headers']): string {
    const id = randomBytes(32).toString('hex');
    this.uploads.set(id, { id, bucket, key, headers, parts: new Map() });
    return id;
  }

  put(named: NamedUpload & { readonly PartNumber: string; readonly Body: Buffer; readonly Checksums?: StoredObject['checksums'] }): StoredObject {
    const number = Number(named.PartNumber);
    if (!/^\d{1,5}$/.test(named.PartNumber) || number < 1 || number > MOST_PARTS) {
      throw new ServiceError('InvalidArgument', `Part number must be an integer between 1 and ${MOST_PARTS}, inclusive`);
    }
    const { parts } = this.find(named);
    const former = parts.get(number)?.body.length ?? 0;
    const part = this.objects.stored(named.Body, { checksums: named.Checksums }, former);
    parts.set(number, part);
    this.objects.take(part.body.length - former);
    return part;
  }

  /** The object that the parts make. It is not put yet. */
  complete(named: NamedUpload & { readonly Parts: readonly { readonly PartNumber: number; readonly ETag: string }[] }): StoredObject {
    const { parts, headers } = this.find(named);
    if (named.Parts.some(({ PartNumber }, index) => index > 0 && PartNumber <= named.Parts[index - 1].PartNumber)) {
      throw new ServiceError('InvalidPartOrder', 'The list of parts was not in ascending order. The parts list must be specified in order by part number.');
    }
    const chosen = named.Parts.map(({ PartNumber, ETag }) => {
      const part = parts.get(PartNumber);
      if (part && unquoted(part.etag) === unquoted(ETag)) return part;
      throw new ServiceError('InvalidPart', "One or more of the specified parts could not be found. The part might not have been uploaded, or the specified entity tag might not have matched the part's entity tag.");
    });
    if (chosen.slice(0, -1).some(({ body }) => body.length < SMALLEST_PART)) throw new ServiceError('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size');
    const body = Buffer.concat(chosen.map((part) => part.body));
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html: the hash of the hashes of the parts, and how many there are
    const hashes = Buffer.concat(chosen.map(({ etag }) => Buffer.from(unquoted(etag), 'hex')));
    return this.objects.stored(body, { headers, parts: chosen.map((part) => part.body.length), etag: `"${md5(hashes).toString('hex')}-${chosen.length}"` }, bytesOf(parts));
  }

  /** Forgets an upload and its parts. */
  end(named: NamedUpload): void {
    const { id, parts } = this.find(named);
    this.uploads.delete(id);
    this.objects.take(-bytesOf(parts));
  }

  /** The parts by their numbers, in their order. */
  partsOf(named: NamedUpload): [number, StoredObject][] {
    return [...this.find(named).parts].sort(([one], [other]) => one - other);
  }

  private find({ Bucket, Key, UploadId }: NamedUpload): Upload {
    const upload = this.uploads.get(UploadId);
    if (upload?.bucket === Bucket && upload.key === Key) return upload;
    throw new ServiceError('NoSuchUpload', 'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.', 404);
  }
}

function bytesOf(parts: Upload['parts']): number {
  return [...parts.values()].reduce((sum, { body }) => sum + body.length, 0);
}
