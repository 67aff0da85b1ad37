import { execFileSync } from 'child_process';
import { createHash } from 'crypto';
import * as fs from 'fs';
import * as path from 'path';
import { temporary } from '../emulator/apps';

const MODULE = path.join(__dirname, '..', '..', 'tasks', 'languages', 'comparable.mjs');
const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');

/** What is compared of a stack: a process of its own reads it, since Jest does not load modules. */
function comparable(stack: { command: string[]; image: string; memory?: number; images?: number }, program?: string[]) {
  const file = path.join(temporary(), 'Quickstart.template.json');
  const { command, memory = 1024, images = 1 } = stack;
  const image = hashOf(stack.image);
  const template = JSON.stringify({ Command: command, Image: `repository:${image}`, Definition: JSON.stringify({ command }), Memory: memory }, undefined, 1);
  fs.writeFileSync(file, template);
  const asset = (hash: string, source: object) => ({ [hash]: { source, destinations: { [`current_account-current_region-${hashOf(hash).slice(0, 8)}`]: {} } } });
  const dockerImages = Object.assign({}, ...Array.from({ length: images }, (_, index) => asset(index === 0 ? image : `${index}`, { directory: `asset.${image}` })));
  const files = { ...asset(hashOf('function'), { path: 'asset.function' }), ...asset(hashOf(template), { path: 'Quickstart.template.json' }) };
  fs.writeFileSync(file.replace('.template.json', '.assets.json'), JSON.stringify({ version: '1.0.0', files, dockerImages }));
  const script = `import { comparable } from ${JSON.stringify(MODULE)}; console.log(JSON.stringify(comparable(...${JSON.stringify(program ? [file, program] : [file])})))`;
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }));
}

const node = { command: ['node', 'index.js', 'Ref::megabytes'], image: 'of Node.js' };
const go = { command: ['./trips', 'Ref::megabytes'], image: 'of Go' };

test('two quickstarts that differ in their image and its program only are equal', () => {
  expect(comparable(node, ['node', 'index.js'])).toEqual(comparable(go, ['./trips']));
});

test('a quickstart with another memory, another argument or more words differs', () => {
  const expected = comparable(node, ['node', 'index.js']);
  for (const other of [{ ...go, memory: 2048 }, { ...go, command: ['./trips', 'Ref::other'] }, { ...go, command: ['./trips', '-v', 'Ref::megabytes'] }, { ...go, command: ['/trips', 'Ref::megabytes'] }]) {
    expect(comparable(other, ['./trips']).template).not.toEqual(expected.template);
  }
});

test('nothing of an app whose image all languages share is masked', () => {
  const { template, assets } = comparable(node);
  expect(template).toContain(hashOf('of Node.js'));
  expect(template).toContain('"node",\n');
  expect(JSON.parse(assets)).toEqual({ files: expect.anything(), dockerImages: { [hashOf('of Node.js')]: expect.anything() } });
});

test('a quickstart without exactly one image is refused', () => {
  expect(() => comparable({ ...go, images: 2 }, ['./trips'])).toThrow(/a quickstart has 1 image, but the manifest has 2/);
});
