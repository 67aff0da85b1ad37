// Makes a container engine ready: Podman with runc, whose storage and configuration belong to this suite, and base images out of files of this machine.
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { step } from '../../tasks/step.mjs';
import { CACHE, hashOf } from '../common/cache.mjs';

const PACKAGES = ['podman', 'runc', 'busybox-static', 'catatonit'];
const BUSYBOX = '/bin/busybox';
const RUNC = ['/usr/sbin/runc', '/usr/bin/runc'];
/** What `--init` executes. */
const INIT = ['/usr/libexec/podman/catatonit', '/usr/bin/catatonit'];

/** An image with a shell and the usual small programs, and one that has Node.js, too: the programs that a job as a process gets from this machine. */
export const BASE = 'localhost/base:1';
export const NODE_BASE = 'localhost/node:1';

/** Variables that make `podman` ready, and what removes its containers in the end; or the reason why there is no engine. */
export async function prepareEngine() {
  const missing = await installMissing();
  if (missing) return { reason: missing };
  const storage = path.join(CACHE, `containers-storage-${hashOf(import.meta.filename, BUSYBOX, process.execPath)}`);
  removeOlder(path.basename(storage));
  fs.mkdirSync(storage, { recursive: true });
  const runRoot = runRootOf(storage);
  const base = { CONTAINERS_STORAGE_CONF: storageConfiguration(storage, runRoot), BUILDAH_ISOLATION: 'chroot', CDK_DOCKER: 'podman' };
  await importImages(base, storage);
  let problem;
  for (const extra of [{}, { CONTAINERS_CONF: limitedConfiguration(storage) }]) {
    const env = { ...base, ...extra };
    const args = ['run', '--rm', '--network', 'host', '--memory', '64m', '--ulimit', 'nofile=32768:65536', BASE, 'true'];
    const { status, output } = await step('trying Podman', 'podman', args, { env, check: false });
    if (status === 0) return { env, end: () => removeContainers(env, runRoot) };
    problem = output.trim().split('\n').at(-1);
  }
  return { reason: `podman cannot start a container here: ${problem}` };
}

/** Why the programs are not here, and cannot be installed. */
async function installMissing() {
  const isThere = () => isProgram('podman') && [RUNC, INIT, [BUSYBOX]].every((files) => files.some((file) => fs.existsSync(file)));
  if (isThere()) return undefined;
  if (process.platform !== 'linux') return 'containers and processes are compared on Linux only';
  if (process.getuid() !== 0 || !isProgram('apt-get')) return `${PACKAGES.join(', ')} are not installed, and only root can install them with apt-get`;
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await step('updating the list of packages', 'apt-get', ['update', '-qq'], { env, check: false });
  const { status, output } = await step(`installing ${PACKAGES.join(', ')}`, 'apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...PACKAGES], { env, check: false });
  return status === 0 && isThere() ? undefined : `${PACKAGES.join(', ')} cannot be installed: ${output.trim().split('\n').at(-1)}`;
}

function isProgram(name) {
  return spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0;
}

/** Images and containers of other versions of this suite. What cannot be removed now is removed another time. */
function removeOlder(kept) {
  for (const entry of fs.readdirSync(CACHE)) {
    if (!entry.startsWith('containers-storage-') || entry === kept) continue;
    try {
      fs.rmSync(path.join(CACHE, entry), { recursive: true, force: true });
    } catch (error) {
      console.log(`${entry} of another version is not removed: ${error.message}`);
    }
  }
}

/** Of a short path: Podman names sockets in it, whose names have at most 108 bytes, and with a longer one it waits 20 s for the end of each container. */
function runRootOf(storage) {
  return path.join(os.tmpdir(), `hb-${storage.slice(-8)}`);
}

/** https://github.com/containers/storage/blob/main/docs/containers-storage.conf.5.md */
function storageConfiguration(storage, runRoot) {
  const file = path.join(storage, 'storage.conf');
  fs.writeFileSync(file, `[storage]\ndriver = "overlay"\ngraphroot = "${path.join(storage, 'graph')}"\nrunroot = "${runRoot}"\n`);
  return file;
}

async function removeContainers(env, runRoot) {
  await step('removing containers', 'podman', ['rm', '--all', '--force', '--time', '0'], { env, check: false });
  fs.rmSync(runRoot, { recursive: true, force: true });
}

/**
 * For a machine whose root may not raise limits: Podman asks for more open files than it may have, and runc for another score of the killer that
 * acts when memory runs out. A program in the place of runc takes both out of what Podman asks for. It also makes runc the runtime, since crun refuses
 * machines that have both versions of control groups.
 */
function limitedConfiguration(storage) {
  const wrapper = path.join(storage, 'runc');
  fs.writeFileSync(wrapper, `#!/bin/sh
previous=
for word; do
  case "$previous" in
    --bundle|-b) "${process.execPath}" -e '
      const fs = require("fs"), file = process.argv[1] + "/config.json", config = JSON.parse(fs.readFileSync(file, "utf8"));
      delete config.process.rlimits; delete config.process.oomScoreAdj; fs.writeFileSync(file, JSON.stringify(config));' "$word";;
  esac
  previous="$word"
done
exec ${RUNC.find((file) => fs.existsSync(file))} "$@"
`, { mode: 0o755 });
  const file = path.join(storage, 'containers.conf');
  fs.writeFileSync(file, `[containers]
netns = "host"
default_ulimits = []
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "none"
[engine.runtimes]
runc = ["${wrapper}"]
`);
  return file;
}

/** There is no registry: an image is made from the files of a directory. */
async function importImages(env, storage) {
  for (const [name, withNode] of [[BASE, false], [NODE_BASE, true]]) {
    const { status } = await step('looking for a base image', 'podman', ['image', 'exists', name], { env, check: false });
    if (status === 0) continue;
    const root = path.join(storage, 'root');
    fs.rmSync(root, { recursive: true, force: true });
    fillRoot(root);
    if (withNode) addNode(root);
    await step(`importing ${name}`, 'sh', ['-c', 'tar -C "$1" -c . | podman import - "$2"', 'sh', root, name], { env });
    fs.rmSync(root, { recursive: true, force: true });
  }
}

function fillRoot(root) {
  for (const directory of ['bin', 'etc', 'root', 'tmp', 'usr/bin', 'usr/local/bin', 'var']) fs.mkdirSync(path.join(root, directory), { recursive: true });
  fs.chmodSync(path.join(root, 'tmp'), 0o1777);
  fs.copyFileSync(BUSYBOX, path.join(root, 'bin', 'busybox'));
  for (const name of execFileSync(BUSYBOX, ['--list'], { encoding: 'utf8' }).trim().split('\n')) {
    if (name !== 'busybox') fs.symlinkSync('busybox', path.join(root, 'bin', name));
  }
  fs.symlinkSync('../../bin/busybox', path.join(root, 'usr', 'bin', 'env'));
  fs.writeFileSync(path.join(root, 'etc', 'passwd'), 'root:x:0:0:root:/root:/bin/sh\nworker:x:1000:1000::/tmp:/bin/sh\n');
  fs.writeFileSync(path.join(root, 'etc', 'group'), 'root:x:0:\nworker:x:1000:\n');
}

/** The program of this machine, and the libraries that it loads, at the same paths. */
function addNode(root) {
  fs.copyFileSync(process.execPath, path.join(root, 'usr', 'local', 'bin', 'node'));
  const libraries = execFileSync('ldd', [process.execPath], { encoding: 'utf8' }).match(/\/\S+(?= \(0x)/g) ?? [];
  for (const library of libraries) {
    fs.mkdirSync(path.join(root, path.dirname(library)), { recursive: true });
    fs.copyFileSync(library, path.join(root, library));
  }
}
