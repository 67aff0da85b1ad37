import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { buildImage, ImageFiles } from '../../../cli/image/image-files';

/** A text, a text with a mode, or the target of a symbolic link. A path that ends with `/` is a directory. */
export type Files = Readonly<Record<string, string | { readonly text?: string; readonly mode?: number; readonly link?: string }>>;

const made: string[] = [];

afterAll(() => made.splice(0).forEach((directory) => fs.rmSync(directory, { recursive: true, force: true })));

export function temporary(files: Files = {}): string {
  const directory = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'heavy-batch-test-')));
  made.push(directory);
  for (const [name, file] of Object.entries(files)) {
    const place = path.join(directory, name);
    const { text = '', mode, link } = typeof file === 'string' ? { text: file } : file;
    fs.mkdirSync(name.endsWith('/') ? place : path.dirname(place), { recursive: true });
    if (link !== undefined) fs.symlinkSync(link, place);
    else if (!name.endsWith('/')) fs.writeFileSync(place, text);
    if (mode !== undefined) fs.chmodSync(place, mode);
  }
  return directory;
}

/** All files of a directory: `{ 'a/b.txt': 'text', 'empty/': '', link: '-> a/b.txt' }`. Directories that have entries are not listed. */
export function contentsOf(directory: string, prefix = ''): Record<string, string> {
  return Object.assign({}, ...fs.readdirSync(directory).sort().map((name) => {
    const place = path.join(directory, name);
    const entry = fs.lstatSync(place);
    if (entry.isSymbolicLink()) return { [prefix + name]: `-> ${fs.readlinkSync(place)}` };
    if (!entry.isDirectory()) return { [prefix + name]: textOf(place, entry) };
    return fs.readdirSync(place).length === 0 ? { [`${prefix}${name}/`]: '' } : contentsOf(place, `${prefix}${name}/`);
  })) as Record<string, string>;
}

/** The text of a file that perhaps only root may read. */
function textOf(place: string, { mode }: fs.Stats): string {
  fs.chmodSync(place, 0o600);
  const text = fs.readFileSync(place, 'utf8');
  fs.chmodSync(place, mode);
  return text;
}

/** The permissions of a file, in octal digits. */
export function modeOf(place: string): string {
  return (fs.statSync(place).mode % 0o10000).toString(8);
}

export interface Built extends ImageFiles {
  readonly root: string;
  readonly files: Record<string, string>;
}

/** Builds the image of a directory with a Dockerfile and other files. */
export function build(dockerfile: string, files: Files = {}, options: { readonly target?: string; readonly buildArgs?: Record<string, string> } = {}): Built {
  const directory = temporary({ Dockerfile: dockerfile, ...files });
  const root = temporary();
  const result = buildImage({ directory, dockerfile: 'Dockerfile', buildArgs: {}, ...options }, root);
  return { ...result, root, files: contentsOf(root) };
}

export const isRoot = process.getuid?.() === 0;
