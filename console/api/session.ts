import type { Client } from './client';
import { Credentials, isExpired, readCredentials } from './credentials';
import { ApiError } from './errors';
import type { ApiDocument } from './types';
import { backoff } from '../poll/backoff';

/** What of the page can be shown. */
export type Phase =
  | { readonly name: 'asking' }
  | { readonly name: 'sign-in'; readonly message?: string }
  /** Milliseconds until it is asked again. */
  | { readonly name: 'unreachable'; readonly error: Error; readonly retryIn: number }
  | { readonly name: 'ready'; readonly document: ApiDocument; readonly isSignedIn: boolean };

/** Who uses the page. Credentials are in memory, and where the user wants it in the storage of this tab. */
export class Session {
  private asking?: Promise<boolean>;
  private failures = 0;
  private isReady = false;

  constructor(readonly client: Client, private readonly onPhase: (phase: Phase) => void, private readonly storage: () => Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>) {
    client.credentials = this.kept();
  }

  /** Asks for the document of the API: it is there for everybody who may use the API. Whether it came. */
  ask(): Promise<boolean> {
    this.asking ??= this.askNow().finally(() => { this.asking = undefined; });
    return this.asking;
  }

  signIn(pasted: string, keep: boolean): Promise<boolean> {
    this.client.credentials = readCredentials(pasted);
    this.stored((storage) => keep ? storage.setItem(this.key(), JSON.stringify(this.client.credentials)) : storage.removeItem(this.key()));
    return this.ask();
  }

  signOut(message?: string): void {
    this.client.credentials = undefined;
    this.isReady = false;
    this.stored((storage) => storage.removeItem(this.key()));
    this.onPhase({ name: 'sign-in', message });
  }

  /**
   * A request was refused. The caller may lack the permission for this request only: then the document is still there for him, and the view says what
   * was refused. Otherwise he has to sign in again.
   */
  refused(): Promise<boolean> {
    return this.ask();
  }

  private async askNow(): Promise<boolean> {
    const hadCredentials = this.client.credentials !== undefined;
    try {
      const { body } = await this.client.call<ApiDocument>('/openapi.json');
      [this.failures, this.isReady] = [0, true];
      this.onPhase({ name: 'ready', document: body, isSignedIn: hadCredentials });
      return true;
    } catch (error) {
      if (error instanceof ApiError && (error.status === 401 || error.status === 403)) {
        const said = isExpired(this.client.credentials, this.client.now()) ? error.message : `The API answered ${error.status}: ${error.message}`;
        this.signOut(hadCredentials ? said : undefined);
      } else if (!this.isReady) {
        const retryIn = backoff(this.failures++, error instanceof ApiError ? error.retryAfter : undefined);
        this.onPhase({ name: 'unreachable', error: error as Error, retryIn });
      }
      return false;
    }
  }

  private kept(): Credentials | undefined {
    return this.stored((storage) => JSON.parse(storage.getItem(this.key()) ?? 'null') as Credentials) ?? undefined;
  }

  /** A browser may forbid the storage. Then credentials are in memory only. */
  private stored<T>(use: (storage: ReturnType<typeof this.storage>) => T): T | undefined {
    try {
      return use(this.storage());
    } catch {
      return undefined;
    }
  }

  /** APIs with one domain and several base paths share the storage. */
  private key(): string {
    return `heavy-batch ${this.client.base || '/'}`;
  }
}
