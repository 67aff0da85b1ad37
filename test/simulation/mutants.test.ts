import * as fs from 'fs';
import * as path from 'path';
import { readAssembly } from '../../emulator/assembly/assembly';
import { readDeployment } from '../../emulator/assembly/read-deployment';
import { bundle } from '../../simulation/bundle';
import { appText, mutateText, readMutants } from '../../simulation/mutants';
import { temporary } from '../emulator/apps';

const root = path.join(__dirname, '..', '..');
const mutants = readMutants(path.join(root, 'simulation', 'mutants.yaml'));
let app: string;

beforeAll(() => {
  const outdir = temporary();
  process.env.CDK_OUTDIR = outdir;
  jest.requireActual('../fixtures/simulation/app'); // synthesizes when it is loaded
  delete process.env.CDK_OUTDIR;
  app = appText(readDeployment(readAssembly(outdir)));
});

test('each rule that the functions keep has a mutant', () => {
  expect([...new Set(mutants.map(({ rule }) => rule))].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 11, 12, 13, 14, 15, 16, 17]);
});

test.each(mutants.map((mutant) => [mutant.breaks, mutant] as const))('%s: the text and the scenario exist', (_, mutant) => {
  const text = mutant.file === undefined ? app : fs.readFileSync(path.join(root, mutant.file), 'utf8');
  expect(mutateText(mutant, text)).not.toBe(text);
  expect(fs.existsSync(path.join(root, 'simulation', 'scenarios', `${mutant.caughtBy}.yaml`))).toBe(true);
});

test('a mutant whose text does not occur is an error', () => {
  expect(() => mutateText({ ...mutants[0], find: 'no such text' }, app)).toThrow(/its text to replace occurs 0 times/);
});

test.each([
  ['src/functions/submit/submit.lambda.ts', true, false],
  ['src/contract/job-name.ts', true, true],
  ['src/common/tags.ts', false, false],
])('a bundle with a changed %s is made where the bundle contains it', async (file, inSubmit, inCheck) => {
  const text = `${fs.readFileSync(path.join(root, file), 'utf8')}\nconsole.log('changed source');`;
  const bundles = await Promise.all([bundle('submit', { file, text }), bundle('check', { file, text })]);
  expect(bundles.map((code) => code?.includes('changed source') ?? false)).toEqual([inSubmit, inCheck]);
});
