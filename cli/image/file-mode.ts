/* eslint-disable no-bitwise -- a mode is a set of bits */
/** Modes of files as `chmod` writes them: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/chmod.html */
import * as fs from 'node:fs';

/** Returns the new mode of a file that has the given one. */
export type ModeChange = (mode: number, isDirectory: boolean) => number;

/** The permissions of a file, without its type. */
export function modeOf({ mode }: { readonly mode: number }): number {
  return mode & 0o7777;
}

const BITS: Readonly<Record<string, number>> = { u: 0o700, g: 0o070, o: 0o007 };
const SPECIAL: Readonly<Record<string, number>> = { u: 0o4000, g: 0o2000, o: 0o1000 };

/**
 * Undefined for a text that is not a mode.
 * @param umask holds back what a change without `u`, `g`, `o` or `a` would set
 */
export function modeChange(text: string, umask: number): ModeChange | undefined {
  if (/^[0-7]{1,5}$/.test(text)) {
    const value = parseInt(text, 8);
    return value > 0o7777 ? undefined : () => value;
  }
  const changes: ModeChange[] = [];
  for (const clause of text.split(',')) {
    const [, who, actions] = /^([ugoa]*)((?:[-+=](?:[rwxXst]*|[ugo]))+)$/.exec(clause) ?? [];
    if (actions === undefined) return undefined;
    for (const [, operator, permissions] of actions.matchAll(/([-+=])([ugo]|[rwxXst]*)/g)) changes.push(change(who, operator, permissions, umask));
  }
  return (mode, isDirectory) => changes.reduce((changed, apply) => apply(changed, isDirectory), mode);
}

function change(who: string, operator: string, permissions: string, umask: number): ModeChange {
  const classes = who === '' || who.includes('a') ? ['u', 'g', 'o'] : [...who];
  const held = who === '' ? umask : 0;
  const all = classes.reduce((mask, name) => mask | BITS[name] | SPECIAL[name], 0);
  return (mode, isDirectory) => {
    const given = classes.reduce((bits, name) => bits | permissionsOf(permissions, name, mode, isDirectory), 0) & ~held;
    if (operator === '+') return mode | given;
    if (operator === '-') return mode & ~given;
    return mode & ~all | given;
  };
}

/** The bits of one class of users. */
function permissionsOf(permissions: string, name: string, mode: number, isDirectory: boolean): number {
  const each = (bits: number) => bits * 0o111 & BITS[name];
  if (/^[ugo]$/.test(permissions)) return each((mode & BITS[permissions]) / (BITS[permissions] / 7));
  return [...permissions].reduce((bits, permission) => {
    switch (permission) {
      case 'r': return bits | each(4);
      case 'w': return bits | each(2);
      case 'x': return bits | each(1);
      case 'X': return isDirectory || mode & 0o111 ? bits | each(1) : bits;
      case 's': return name === 'o' ? bits : bits | SPECIAL[name];
      default: return name === 'o' ? bits | SPECIAL.o : bits;
    }
  }, 0);
}

/**
 * Sets the mode of a file or of a directory. For a user without root, a directory stays open to its owner: an engine, which is root, can fill a
 * directory of any mode.
 */
export function setMode(place: string, mode: number): void {
  const isOpen = process.getuid?.() !== 0 && fs.statSync(place).isDirectory();
  fs.chmodSync(place, isOpen ? mode | 0o700 : mode);
}
