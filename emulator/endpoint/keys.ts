import { randomBytes } from 'node:crypto';

/** A key pair, as an AWS SDK takes it. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** A key pair, and whose it is. */
export interface KeyOwner {
  readonly credentials: Credentials;
  /** The ARN of the role. Undefined for the user of the emulator, who may do anything. */
  readonly principal?: string;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-prefixes */
const PREFIX = 'AKIA';
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const ID_LENGTH = 16;
/** Bytes: 40 characters of base64, as AWS has them. */
const SECRET_LENGTH = 30;

/** The key pairs of a former emulator. */
export interface FormerKeys {
  readonly user: Credentials;
  readonly byRole?: ReadonlyMap<string, Credentials>;
}

/** The key pairs of one start of the emulator: one of each role, and one of its user. They are random, so they cannot be guessed, and nothing here writes them to a disk. */
export class Keys implements FormerKeys {
  /** The key pair of the user of the emulator. */
  readonly user: Credentials;
  readonly byRole: ReadonlyMap<string, Credentials>;
  private readonly owners: Map<string, KeyOwner>;

  /** @param former are used again, where they are known: programs may have them */
  constructor(roleArns: readonly string[], former?: FormerKeys) {
    this.user = former?.user ?? newCredentials();
    this.byRole = new Map(roleArns.map((arn) => [arn, former?.byRole?.get(arn) ?? newCredentials()]));
    const owners: KeyOwner[] = [{ credentials: this.user }, ...[...this.byRole].map(([principal, credentials]) => ({ credentials, principal }))];
    this.owners = new Map(owners.map((owner) => [owner.credentials.accessKeyId, owner]));
  }

  /** The key pair of a role. What a role outside of the app may do is not known, so it may do anything. */
  of(roleArn: string): Credentials {
    return this.byRole.get(roleArn) ?? this.user;
  }

  /** Lets a key pair that was not made here be one of a role, too. */
  add(credentials: Credentials, roleArn: string): void {
    this.owners.set(credentials.accessKeyId, { credentials, principal: this.byRole.has(roleArn) ? roleArn : undefined });
  }

  find(accessKeyId: string): KeyOwner | undefined {
    return this.owners.get(accessKeyId);
  }
}

function newCredentials(): Credentials {
  const id = [...randomBytes(ID_LENGTH)].map((byte) => LETTERS[byte % LETTERS.length]).join('');
  return { accessKeyId: `${PREFIX}${id}`, secretAccessKey: randomBytes(SECRET_LENGTH).toString('base64') };
}
