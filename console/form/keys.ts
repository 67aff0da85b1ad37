/** A key for each body: a request that got no answer can be sent again as the same one, also after its user has tried another. */
export class Keys {
  private readonly byBody = new Map<string, string>();

  of(body: string): string {
    const key = this.byBody.get(body) ?? newKey();
    this.byBody.set(body, key);
    return key;
  }

  /** The next request with this body is another one. */
  forget(body: string): void {
    this.byBody.delete(body);
  }
}

/** Random. A page without TLS has no `crypto.randomUUID`. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
