import * as fs from 'fs';
import * as path from 'path';
import { memoryKillsSoFar } from '../../../cli/containers/engine-memory';
import { ContainerState, createFailure, exitOf, hasStarted, isRunning, OUT_OF_MEMORY, readState, startFailure } from '../../../cli/containers/engine-state';
import { CANNOT_EXECUTE } from '../../../cli/containers/start-errors';
import { temporary } from '../../emulator/apps';

const ENDED: ContainerState = { status: 'exited', exitCode: 1, outOfMemory: false, error: '', stopSignal: 'SIGTERM', user: '', program: 'run' };

test('the answers of engines have the same meaning', () => {
  const docker = [{ State: { Status: 'exited', ExitCode: 3, OOMKilled: true, Error: '' }, Config: { User: 'job' }, Path: 'run' }];
  const podman = [{ State: { Status: 'exited', ExitCode: 3, OOMKilled: true, Error: '' }, Config: { User: 'job', StopSignal: 15 }, Path: 'run' }];
  const nerdctl = [{ State: { Status: 'exited', ExitCode: 3 } }];
  const state = { status: 'exited', exitCode: 3, outOfMemory: true, error: '', stopSignal: 'SIGTERM', user: 'job', program: 'run' };
  expect(readState(JSON.stringify(docker))).toEqual(state);
  expect(readState(JSON.stringify(podman))).toEqual({ ...state, stopSignal: '15' });
  expect(readState(JSON.stringify(nerdctl))).toEqual({ ...state, outOfMemory: false, user: '', program: '' });
  expect(readState('[{}]')).toMatchObject({ status: '', exitCode: 0 });
});

test('a container that was only created has not started, and one that has ended does not run', () => {
  for (const status of ['', 'created', 'configured', 'initialized']) expect(hasStarted({ ...ENDED, status })).toBe(false);
  for (const status of ['running', 'exited', 'dead', 'stopped']) expect(hasStarted({ ...ENDED, status })).toBe(true);
  for (const status of ['running', 'stopping', 'paused']) expect(isRunning({ ...ENDED, status })).toBe(true);
  for (const status of ['created', 'exited', 'dead', 'stopped']) expect(isRunning({ ...ENDED, status })).toBe(false);
});

test.each<[string, Partial<ContainerState>, boolean, number, string | undefined]>([
  ['the engine says so', { exitCode: 137, outOfMemory: true }, false, 0, OUT_OF_MEMORY],
  ['the engine says so of a child, and the command has another exit code', { exitCode: 1, outOfMemory: true }, false, 0, OUT_OF_MEMORY],
  ['the engine says nothing, but Linux has counted a kill', { exitCode: 137 }, false, 1, OUT_OF_MEMORY],
  ['Linux has counted a kill, but the container was killed by its time limit', { exitCode: 137 }, true, 1, undefined],
  ['Linux has counted a kill elsewhere', { exitCode: 1 }, false, 1, undefined],
  ['the command itself exits with 137', { exitCode: 137 }, false, 0, undefined],
  ['a child was killed, but the command succeeds', { exitCode: 0, outOfMemory: true }, false, 1, undefined],
  ['the engine has an error of its own', { exitCode: 128, error: 'lost' }, false, 0, 'DockerStateError: lost'],
])('memory: %s', (_, state, wasKilled, kills, reason) => {
  expect(exitOf({ ...ENDED, ...state }, wasKilled, kills)).toEqual({ exitCode: state.exitCode, ...reason === undefined ? {} : { reason } });
});

const RUNC = 'runc create failed: unable to start container process:';
const NOT_FOUND = 'exec: "no": executable file not found in $PATH';

test.each<[string, string, string]>([
  ['Docker', `Error response from daemon: failed to create task for container: failed to create shim task: OCI runtime create failed: ${RUNC} ${NOT_FOUND}: unknown`, `${CANNOT_EXECUTE} ${NOT_FOUND}: unknown`],
  ['Docker with runc 1.2', `Error response from daemon: failed to create task for container: failed to create shim task: OCI runtime create failed: ${RUNC} error during container init: ${NOT_FOUND}`, `${CANNOT_EXECUTE} error during container init: ${NOT_FOUND}`],
  ['Podman with runc', `Error: unable to start container 2ae6: runc: ${RUNC} ${NOT_FOUND}: OCI runtime attempted to invoke a command that was not found`, `${CANNOT_EXECUTE} ${NOT_FOUND}`],
  ['Podman with runc, of a directory', `Error: unable to start container 2ae6: runc: ${RUNC} exec: "/etc": permission denied: OCI permission denied`, `${CANNOT_EXECUTE} exec: "/etc": permission denied`],
  ['Podman with crun', 'Error: unable to start container "2ae6": crun: executable file `no` not found in $PATH: No such file or directory: OCI runtime attempted to invoke a command that was not found', `${CANNOT_EXECUTE} ${NOT_FOUND}`],
  ['Podman with crun, of a file without permission', 'Error: unable to start container "2ae6": crun: open executable: Permission denied: OCI permission denied', `${CANNOT_EXECUTE} exec: "no": permission denied`],
  ['any engine, of something else', 'Error: no space left', 'CannotStartContainerError: Error response from daemon: no space left'],
  ['an engine that says nothing', '', 'CannotStartContainerError: Error response from daemon: the engine does not say why'],
])('a container that cannot start has the reason that AWS Batch would see: %s', (_, message, reason) => {
  expect(startFailure(message, 'no')).toBe(reason);
});

test('a container that is not created has the message of the engine', () => {
  expect(createFailure('Error response from daemon: no command specified\n')).toBe('CannotCreateContainerError: Error response from daemon: no command specified');
  expect(createFailure('Error: no command or entrypoint provided, and no CMD or ENTRYPOINT from image')).toBe('CannotCreateContainerError: Error response from daemon: no command specified');
});

test('the kills of Linux are counted where Linux counts them', () => {
  const file = path.join(temporary(), 'vmstat');
  fs.writeFileSync(file, 'nr_free_pages 1\noom_kill 7\n');
  expect(memoryKillsSoFar(file)).toBe(7);
  fs.writeFileSync(file, 'nr_free_pages 1\n');
  expect(memoryKillsSoFar(file)).toBe(0);
  expect(memoryKillsSoFar('/no/such/file')).toBe(0);
});
