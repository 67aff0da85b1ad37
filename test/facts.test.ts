import * as fs from 'fs';
import * as path from 'path';
import { FARGATE_VCPUS, fargateMemory } from '../src/contract/fargate-sizes';
import { INSTANCE_TYPES, INSTANCE_TYPES_DATE } from '../src/contract/instance-types';
import { ARRAY_SIZE, DEFINITION_BYTES, SUBMIT_BYTES } from '../src/contract/limits';
import { REFUSED_FAMILIES, WITHOUT_DRIVER } from '../src/instances/unsupported-families';

const PAGE = path.join(__dirname, '..', 'docs', 'guide', 'quotas-and-facts.md');
const root = (...names: string[]) => fs.readFileSync(path.join(__dirname, '..', ...names), 'utf8');

interface Fact {
  readonly fact: string;
  readonly value: string;
  readonly seen: string;
  readonly source: string;
  readonly usedIn: string;
  readonly refresh: string;
}

function rowsOf(markdown: string): Fact[] {
  return markdown.split('\n').filter((line) => /^\| (?!fact |---)/.test(line)).map((line) => {
    const [fact, value, seen, source, usedIn, refresh] = line.slice(1, -1).split(' | ').map((cell) => cell.trim());
    return { fact, value, seen, source, usedIn, refresh };
  });
}

/** What is missing in a row. */
function flaws({ fact, value, seen, source, usedIn, refresh }: Fact): string[] {
  const files = [...(usedIn ?? '').matchAll(/\]\(([^)#]+)/g)].map(([, file]) => file);
  return [
    ...fact && value ? [] : ['no value'],
    ...isDay(seen) ? [] : ['no day'],
    .../^\[[^\]]+\]\(https:\/\/[^)]+\)/.test(source ?? '') ? [] : ['no source'],
    ...files.length > 0 ? [] : ['no use'],
    ...files.filter((file) => !fs.existsSync(path.join(path.dirname(PAGE), file))).map((file) => `no file ${file}`),
    ...refresh ? [] : ['no way to refresh it'],
  ];
}

function isDay(text: string | undefined): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text ?? '') && new Date(text!).toISOString().startsWith(text!);
}

const facts = rowsOf(fs.readFileSync(PAGE, 'utf8'));
const valueOf = (fact: string) => facts.find((row) => row.fact === fact)?.value;
const seenOf = (fact: string) => facts.find((row) => row.fact === fact)?.seen;

describe('the facts that age', () => {
  test('are on one page, and there is a row for each of them only once', () => {
    expect(facts.length).toBeGreaterThan(25);
    expect(new Set(facts.map(({ fact }) => fact)).size).toBe(facts.length);
  });

  test.each(facts)('have a value, a day, a source, a use and a way to refresh them: $fact', (row) => {
    expect(flaws(row)).toEqual([]);
  });

  test('are not accepted without a day, a source, a use that exists, or a way to refresh them', () => {
    const [row] = rowsOf('| a | 1 | 2026-11-26 | [b](https://example.com) | [c](../../README.md) | read it |');
    expect(flaws(row)).toEqual([]);
    expect(flaws({ ...row, value: '' })).toEqual(['no value']);
    expect(flaws({ ...row, seen: '2026-11' })).toEqual(['no day']);
    expect(flaws({ ...row, source: 'somebody said it' })).toEqual(['no source']);
    expect(flaws({ ...row, usedIn: 'everywhere' })).toEqual(['no use']);
    expect(flaws({ ...row, usedIn: '[c](../../NOTHING.md)' })).toEqual(['no file ../../NOTHING.md']);
    expect(flaws({ ...row, refresh: '' })).toEqual(['no way to refresh it']);
  });

  test.each<[string, string]>([
    ['instance types: vCPUs, memory, NVIDIA GPUs, instance store, ARM', `${Object.keys(INSTANCE_TYPES).length} families, ${Object.values(INSTANCE_TYPES).flatMap((sizes) => sizes.split(', ')).length.toLocaleString('en')} types`],
    ['vCPUs on Fargate', FARGATE_VCPUS.join(', ')],
    ['most memory on Fargate', `${fargateMemory(FARGATE_VCPUS.at(-1)!).at(-1)!.toLocaleString('en')} MiB (244 GiB)`],
    ['size of a job definition', `${DEFINITION_BYTES / 1024} KiB`],
    ['size of a `SubmitJob` request', `${SUBMIT_BYTES / 1024} KiB`],
    ['children of an array job', ARRAY_SIZE.most.toLocaleString('en')],
  ])('have the value that the code has: %s', (fact, value) => {
    expect(valueOf(fact)).toBe(value);
  });

  test('have the day that the code has', () => {
    expect(seenOf('instance types: vCPUs, memory, NVIDIA GPUs, instance store, ARM')).toBe(INSTANCE_TYPES_DATE);
    expect(seenOf('families that AWS Batch does not accept')).toBe(REFUSED_FAMILIES[0].seen);
    expect(seenOf('families without an ECS-optimized image for Amazon Linux 2023')).toBe(REFUSED_FAMILIES[1].seen);
    expect(seenOf('accelerators for which there is an ECS-optimized image')).toBe(WITHOUT_DRIVER[0].seen);
  });
});

test('CI tests the lowest Node.js that the package allows, and the recommended ones', () => {
  const { engines } = JSON.parse(root('package.json'));
  expect(engines.node).toBe('>= 20.16.0');
  expect([...root('.github', 'workflows', 'ci.yml').matchAll(/- "(\d+)"/g)].map(([, version]) => version)).toEqual(['20', '22', '24']);
  expect(valueOf('recommended for apps and for a clone')).toBe('Node.js 22 or 24');
  expect(root('README.md')).toContain('Node.js 22 or 24');
});
