import { createHash } from 'node:crypto';

/** An id of the form that AWS gives. It is the same for the same text, so that every run of a simulation is the same. */
export function uuidOf(text: string): string {
  const digits = createHash('sha256').update(text).digest('hex');
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-8${digits.slice(17, 20)}-${digits.slice(20, 32)}`;
}
