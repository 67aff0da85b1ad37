// Compares the files that the command line gives an image with those that BuildKit gives it.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';

/** The directories of base images, which BuildKit finds in them. That they are there is no difference. */
const DIRECTORIES = ['/etc', '/opt', '/tmp', '/usr/local/bin', '/var/lib'];

/** What is not compared: `when` says whether a build is one of these. */
const EXPLAINED = [
  {
    name: 'files of the base image of another stage',
    reason: 'the command line does not have them, and reports that they are not copied',
    when: ({ skipped = [] }) => skipped.some(({ instruction }) => instruction.includes('--from=')),
  },
  {
    name: 'COPY --parents of a file that does not exist',
    reason: 'this release of BuildKit copies nothing, later ones refuse it',
    when: ({ error = '' }, expected, dockerfile) => error.includes(': not found') && dockerfile.includes('COPY --parents') && !expected.error,
  },
];

export class FileComparison {
  #directory = fs.mkdtempSync(path.join(os.tmpdir(), 'dockerfiles-'));
  #used = new Set();
  #builds = 0;

  constructor(buildImage, askBuildKit) {
    this.buildImage = buildImage;
    this.askBuildKit = askBuildKit;
  }

  /** What is different, or undefined. */
  async problemOf({ dockerfile, context }) {
    const directory = path.join(this.#directory, String(this.#builds++));
    const [from, ours, theirs] = ['context', 'ours', 'theirs'].map((name) => path.join(directory, name));
    write(from, { ...context, Dockerfile: { text: dockerfile } });
    for (const root of [ours, theirs]) fs.mkdirSync(root, { mode: 0o755 });
    try {
      const { error } = await this.askBuildKit({ text: dockerfile, context: from, root: theirs, directories: DIRECTORIES });
      const actual = this.#build(from, ours);
      const expected = error ? { error } : { files: read(theirs) };
      const explained = EXPLAINED.find(({ when }) => when(actual, expected, dockerfile));
      if (explained) {
        this.#used.add(explained);
        return undefined;
      }
      const same = actual.error || expected.error ? Boolean(actual.error) === Boolean(expected.error) : isDeepStrictEqual(actual.files, expected.files);
      return same ? undefined : `\n${dockerfile}\n  is       ${JSON.stringify(difference(actual, expected))}\n  expected ${JSON.stringify(difference(expected, actual))}`;
    } finally {
      fs.rmSync(directory, { recursive: true, force: true });
    }
  }

  explanations() {
    return EXPLAINED.map(({ name, reason }, index) => ({ name, reason, isUsed: this.#used.has(EXPLAINED[index]) }));
  }

  end() {
    fs.rmSync(this.#directory, { recursive: true, force: true });
  }

  #build(directory, root) {
    try {
      const { skipped } = this.buildImage({ directory, dockerfile: 'Dockerfile', buildArgs: {} }, root);
      return { files: read(root), skipped };
    } catch (error) {
      if (error.name !== 'DockerfileError') throw error;
      return { error: error.message };
    }
  }
}

function write(directory, files) {
  fs.mkdirSync(directory, { recursive: true });
  for (const [name, { text = '', mode, link, directory: isDirectory }] of Object.entries(files)) {
    const place = path.join(directory, name);
    fs.mkdirSync(isDirectory ? place : path.dirname(place), { recursive: true });
    if (link !== undefined) fs.symlinkSync(link, place);
    else if (!isDirectory) fs.writeFileSync(place, text);
    if (mode !== undefined) fs.chmodSync(place, mode);
  }
}

/** Each file with its mode, its owner and its content. A directory that a base image has does not count. */
function read(root, directory = root, files = {}) {
  for (const name of fs.readdirSync(directory).sort()) {
    const place = path.join(directory, name);
    const imagePath = `/${path.relative(root, place)}`;
    const stat = fs.lstatSync(place);
    const attributes = { mode: (stat.mode % 0o10000).toString(8), uid: stat.uid, gid: stat.gid };
    if (stat.isSymbolicLink()) files[imagePath] = { link: fs.readlinkSync(place) };
    else if (!stat.isDirectory()) files[imagePath] = { ...attributes, text: fs.readFileSync(place, 'utf8') };
    else if (!DIRECTORIES.some((base) => `${base}/`.startsWith(`${imagePath}/`))) files[imagePath] = attributes;
    if (stat.isDirectory()) read(root, place, files);
  }
  return files;
}

/** What only the first has. */
function difference(one, other) {
  if (one.error || other.error) return one;
  return Object.fromEntries(Object.entries(one.files).filter(([name, file]) => !isDeepStrictEqual(file, other.files[name])));
}
