import type { Client } from './client';
import { Credentials, isExpired, readCredentials } from './credentials';
import { ApiError } from './errors';
import type { ApiDocument } from './types';

/** What of the page can be shown. */
export type Phase =
  | { readonly name: 'asking' }
  | { readonly name: 'sign-in'; readonly message?: string }
  | { readonly name: 'unreachable'; readonly message: string }
  | { readonly name: 'ready'; readonly document: ApiDocument; readonly isSignedIn: boolean };

/** Who uses the page. Credentials are in memory, and where the user wants it in the storage of this tab. */
export class Session {
  private asking?: Promise<void>;

  constructor(readonly client: Client, private readonly onPhase: (phase: Phase) => void, private readonly storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>) {
    client.credentials = this.kept();
  }

  /** Asks for the document of the API: it is there for everybody who may use the API. */
  ask(): Promise<void> {
    this.asking ??= this.askNow().finally(() => { this.asking = undefined; });
    return this.asking;
  }

  signIn(pasted: string, keep: boolean): Promise<void> {
    this.client.credentials = readCredentials(pasted);
    if (keep) this.storage.setItem(this.key(), JSON.stringify(this.client.credentials));
    else this.storage.removeItem(this.key());
    return this.ask();
  }

  signOut(message?: string): void {
    this.client.credentials = undefined;
    this.storage.removeItem(this.key());
    this.onPhase({ name: 'sign-in', message });
  }

  /**
   * A request was refused. The caller may lack the permission for this request only: then the document is still there for him, and the view says what
   * was refused. Otherwise he has to sign in again.
   */
  refused(): void {
    void this.ask();
  }

  private async askNow(): Promise<void> {
    const hadCredentials = this.client.credentials !== undefined;
    try {
      const { body } = await this.client.call<ApiDocument>('/openapi.json');
      this.onPhase({ name: 'ready', document: body, isSignedIn: hadCredentials });
    } catch (error) {
      if (error instanceof ApiError && (error.status === 401 || error.status === 403)) {
        const said = isExpired(this.client.credentials, Date.now()) ? error.message : `The API answered ${error.status}: ${error.message}`;
        this.signOut(hadCredentials ? said : undefined);
      } else {
        this.onPhase({ name: 'unreachable', message: (error as Error).message });
      }
    }
  }

  private kept(): Credentials | undefined {
    try {
      return JSON.parse(this.storage.getItem(this.key()) ?? 'null') as Credentials ?? undefined;
    } catch {
      return undefined;
    }
  }

  /** APIs with one domain and several base paths share the storage. */
  private key(): string {
    return `heavy-batch ${this.client.base || '/'}`;
  }
}
