import * as fs from 'node:fs';
import type { ContainerView } from './container-view';
import { ContainerStartError } from '../../emulator/services/batch/containers';

export interface ContainerUser {
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  /** The text of /etc/passwd with the user, where it does not have that user. */
  readonly passwd?: string;
}

const ROOT: ContainerUser = { uid: 0, gid: 0, home: '/root' };

/**
 * The user of a container: `name`, `uid`, `name:group` or `uid:gid`, as in USER and in the job definition. A name that only a RUN step could
 * have made gets the id that such a step would give to it.
 * https://docs.docker.com/reference/dockerfile/#user
 */
export function userOf(text: string | undefined, view: ContainerView, mayBeMissing: boolean): ContainerUser {
  if (!text) return ROOT;
  const [name, group] = text.split(':');
  const users = entriesOf('/etc/passwd', view);
  const user = users.find(([entryName, , uid]) => entryName === name || uid === name);
  const isNumber = /^\d+$/.test(name);
  if (!user && !isNumber && !mayBeMissing) throw new ContainerStartError(`CannotStartContainerError: Error response from daemon: unable to find user ${name}: no matching entries in passwd file`);
  const uid = Number(user?.[2] ?? (isNumber ? name : firstFreeId(users)));
  const gid = group === undefined ? Number(user?.[3] ?? (isNumber ? 0 : uid)) : groupOf(group, view, mayBeMissing ? uid : undefined);
  const home = user?.[5] || (isNumber ? '/' : `/home/${name}`);
  return { uid, gid, home, passwd: user || isNumber ? undefined : textOf([...users, [name, 'x', String(uid), String(gid), '', home, '/bin/sh']]) };
}

function groupOf(name: string, view: ContainerView, otherwise: number | undefined): number {
  if (/^\d+$/.test(name)) return Number(name);
  const entry = entriesOf('/etc/group', view).find(([entryName]) => entryName === name);
  const gid = entry ? Number(entry[2]) : otherwise;
  if (gid === undefined) throw new ContainerStartError(`CannotStartContainerError: Error response from daemon: unable to find group ${name}: no matching entries in group file`);
  return gid;
}

/** The ids of people begin at 1000. */
function firstFreeId(users: readonly string[][]): number {
  const taken = new Set(users.map(([, , uid]) => Number(uid)));
  let id = 1000;
  while (taken.has(id)) id++;
  return id;
}

function textOf(entries: readonly string[][]): string {
  return entries.map((entry) => `${entry.join(':')}\n`).join('');
}

function entriesOf(file: string, view: ContainerView): string[][] {
  const source = view.find(file);
  return source === undefined ? [] : fs.readFileSync(source, 'utf8').split('\n').filter(Boolean).map((line) => line.split(':'));
}
