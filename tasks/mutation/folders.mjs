// The folders whose mutants are tested, the tests that can notice them, and the share of mutants that the tests must kill.
import fs from 'node:fs';
import path from 'node:path';
import { at } from '../project.mjs';

const CONSTRUCTS = ['test/api.test.ts', 'test/fargate.test.ts', 'test/heavy-batch-*.test.ts', 'test/safe-updates.test.ts', 'test/validation.test.ts',
  'test/templates/**', 'test/common/**', 'test/compute/**', 'test/instances/**', 'test/job/**', 'test/map/**'];
/** Without the fuzzing, which takes longer than all others together. */
const FUNCTIONS = ['test/functions/api/**', 'test/functions/check/**', 'test/functions/shared/**', 'test/functions/submit/**'];

/** `recursive: false`: the files of the folder itself. */
export const FOLDERS = {
  'src/contract': { tests: ['test/contract/**', ...FUNCTIONS], threshold: 90 },
  'src/functions': { tests: [...FUNCTIONS, 'test/contract/**'], threshold: 90 },
  'src/instances': { tests: CONSTRUCTS, threshold: 90 },
  'src/job': { tests: CONSTRUCTS, threshold: 90 },
  'src/compute': { tests: CONSTRUCTS, threshold: 90 },
  'src/map': { tests: CONSTRUCTS, threshold: 90 },
  'src/api': { tests: CONSTRUCTS, threshold: 90 },
  // The clients of the process `heavy-batch test-kit`, which is a bundle: what it does itself is in the folder `cli`.
  'src/testing': { tests: ['test/testing/**', 'test/cli/test-kit.test.ts'], threshold: 90 },
  'src/common': { tests: CONSTRUCTS, threshold: 90 },
  'src': { tests: CONSTRUCTS, threshold: 90, recursive: false },
  'emulator': { tests: ['test/emulator/**'], threshold: 80 },
  'cli': { tests: ['test/cli/**'], threshold: 80 },
};

/** The files of a folder that are mutated: what projen generates and what is only types is not. */
export function sourcesOf(folder) {
  return filesBelow(folder, FOLDERS[folder].recursive !== false)
    .filter((file) => file.endsWith('.ts') && !file.endsWith('-function.ts') && !file.endsWith('.d.ts'));
}

export function testsOf(folder) {
  return filesBelow('test').filter((file) => file.endsWith('.test.ts') && FOLDERS[folder].tests.some((pattern) => matches(file, pattern)));
}

/** The folder to which a file or a folder of the project belongs. */
export function folderOf(file) {
  const name = path.normalize(file).replace(/\/$/, '');
  const folder = Object.keys(FOLDERS).sort((a, b) => b.length - a.length)
    .find((candidate) => name === candidate || name.startsWith(`${candidate}/`));
  if (!folder || !fs.existsSync(at(name))) throw new Error(`${file} is not in a folder whose mutants are tested: ${Object.keys(FOLDERS).join(', ')}`);
  return { folder, name };
}

function filesBelow(directory, recursive = true) {
  return fs.readdirSync(at(directory), { withFileTypes: true })
    .flatMap((entry) => {
      const name = `${directory}/${entry.name}`;
      if (!entry.isDirectory()) return [name];
      return recursive ? filesBelow(name) : [];
    })
    .sort();
}

/** `**` stands for anything, and `*` for anything within one name. */
function matches(file, pattern) {
  const expression = pattern.split(/(\*+)/).map((part) => ({ '**': '.*', '*': '[^/]*' }[part] ?? part.replaceAll('.', '\\.'))).join('');
  return new RegExp(`^${expression}$`).test(file);
}
