type Bytes = Uint8Array<ArrayBuffer>;

const bytesOf = (data: string | ArrayBuffer | ArrayBufferView): Bytes => {
  if (typeof data === 'string') return new TextEncoder().encode(data);
  if (!ArrayBuffer.isView(data)) return new Uint8Array(data);
  return new Uint8Array(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
};

/** SHA-256, or its HMAC where there is a secret, by the browser's own cryptography, in the form that the signer takes. */
export class Sha256 {
  private chunks: Bytes[] = [];

  constructor(private readonly secret?: string | ArrayBuffer | ArrayBufferView) {}

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.chunks.push(bytesOf(data));
  }

  async digest(): Promise<Uint8Array> {
    const { subtle } = globalThis.crypto;
    if (this.secret === undefined) return new Uint8Array(await subtle.digest('SHA-256', this.all()));
    const key = await subtle.importKey('raw', bytesOf(this.secret), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
    return new Uint8Array(await subtle.sign('HMAC', key, this.all()));
  }

  reset(): void {
    this.chunks = [];
  }

  private all(): Bytes {
    const all = new Uint8Array(this.chunks.reduce((length, chunk) => length + chunk.length, 0));
    let offset = 0;
    for (const chunk of this.chunks) {
      all.set(chunk, offset);
      offset += chunk.length;
    }
    return all;
  }
}
