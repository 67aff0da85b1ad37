import { createHash, randomBytes } from 'node:crypto';
import { RUN_ID_PATTERN } from '../../contract/api-runs';

/** Characters of the time in milliseconds, in base 36: enough for the next 3,000 years. */
const TIME_CHARACTERS = 9;
/** 80 bits. */
const RANDOM_BYTES = 10;
/** Characters of the hash of an owner: 80 bits. */
const OWNER_CHARACTERS = 20;

const RUN_ID = new RegExp(RUN_ID_PATTERN);

/** What runs of an owner have in common in their ids, and in their keys in the table. */
export function ownerHash(owner: string): string {
  return createHash('sha256').update(owner).digest('hex').slice(0, OWNER_CHARACTERS);
}

/**
 * A new id: the time, so that ids are in the order of their runs; some random digits; and the hash of the owner, so that an event about the run leads to its
 * record, and an id of another owner is refused before anything is read. It is the name of the run's execution, which has at most 80 characters.
 */
export function newRunId(hash: string, now: number): string {
  return `${now.toString(36).padStart(TIME_CHARACTERS, '0')}${randomBytes(RANDOM_BYTES).toString('hex')}-${hash}`;
}

/** The hash of the owner in the id of a run. Undefined for an id that no API gave. */
export function ownerOfRun(id: string): string | undefined {
  return RUN_ID.test(id) ? id.slice(-OWNER_CHARACTERS) : undefined;
}
