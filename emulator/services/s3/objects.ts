import { createHash } from 'node:crypto';
import type { Clock } from '../../clock';
import { ServiceError } from '../../service';

/** An object, or a part of an upload. */
export interface StoredObject {
  readonly body: Buffer;
  readonly etag: string;
  /** Milliseconds since the epoch, in whole seconds. */
  readonly at: number;
  /** `content-type`, `x-amz-meta-...`: what the object was written with. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The checksums that the client sent, by their headers. */
  readonly checksums?: Readonly<Record<string, string>>;
  /** How long the parts are that it was uploaded in. */
  readonly parts?: readonly number[];
}

/** An object, and where it is. */
export interface ObjectState extends StoredObject {
  readonly bucket: string;
  readonly key: string;
}

/** Bytes of all objects and parts: they are in memory. */
export const MEMORY = 2 * 1024 * 1024 * 1024;

/** What is in the buckets, by `bucket/key`. */
export class Objects {
  private readonly objects = new Map<string, StoredObject>();
  private used = 0;

  /** @param onObject is told what is put, and of what is deleted */
  constructor(
    private readonly clock: Pick<Clock, 'now'>,
    private readonly memory: number,
    private readonly onObject: (bucket: string, key: string, object: StoredObject | undefined) => void = () => undefined,
  ) {}

  get(bucket: string, key: string): StoredObject | undefined {
    return this.objects.get(`${bucket}/${key}`);
  }

  put(bucket: string, key: string, object: StoredObject): void {
    this.set(bucket, key, object);
    this.onObject(bucket, key, object);
  }

  delete(bucket: string, key: string): void {
    const former = this.get(bucket, key);
    if (!former) return;
    this.take(-former.body.length);
    this.objects.delete(`${bucket}/${key}`);
    this.onObject(bucket, key, undefined);
  }

  state(): ObjectState[] {
    return [...this.objects].map(([name, object]) => {
      const end = name.indexOf('/');
      return { ...object, bucket: name.slice(0, end), key: name.slice(end + 1) };
    });
  }

  restore(objects: readonly ObjectState[]): void {
    for (const { bucket, key, ...object } of objects) this.set(bucket, key, object);
  }

  private set(bucket: string, key: string, object: StoredObject): void {
    this.take(object.body.length - (this.get(bucket, key)?.body.length ?? 0));
    this.objects.set(`${bucket}/${key}`, object);
  }

  /** The keys in a bucket that begin with a prefix, sorted. */
  keys(bucket: string, prefix = ''): string[] {
    return [...this.objects.keys()].filter((name) => name.startsWith(`${bucket}/${prefix}`)).map((name) => name.slice(bucket.length + 1)).sort();
  }

  /** An object with this content, which is not put yet. Throws a `ServiceError` when there is no memory for it, also after so many bytes are freed. */
  stored(body: Buffer, more: Partial<StoredObject> = {}, freed = 0): StoredObject {
    if (this.used - freed + body.length > this.memory) {
      throw new ServiceError('EntityTooLarge', `The emulator keeps objects in memory, and all of them together may have ${this.memory} bytes.`);
    }
    return { body, etag: `"${md5(body).toString('hex')}"`, at: Math.floor(this.clock.now() / 1000) * 1000, ...more };
  }

  /** Counts bytes that are in memory, or, where the number is negative, that are no longer. */
  take(bytes: number): void {
    this.used += bytes;
  }
}

/** An ETag without its quotes, which clients may leave out. */
export function unquoted(etag: string): string {
  return etag.replaceAll('"', '');
}

export function md5(content: Buffer): Buffer {
  return createHash('md5').update(content).digest();
}
