import { execFileSync } from 'child_process';
import * as fs from 'fs';
import * as path from 'path';
import { temporary } from '../emulator/apps';

const TASKS = path.join(__dirname, '..', '..', 'tasks');

/** What an expression of a module gives. A process of its own evaluates it, since Jest does not load modules. */
function evaluate(module: string, expression: string): any {
  const script = `import * as tasks from ${JSON.stringify(path.join(TASKS, module))}; console.log(JSON.stringify(await (${expression})))`;
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8', stdio: 'pipe' }));
}

/** A directory with packages, and what the tasks find there for the files. */
function packagesOf(packages: { [directory: string]: { json: object; licence?: string } }, files: string[]) {
  const root = temporary();
  for (const [directory, { json, licence }] of Object.entries(packages)) {
    fs.mkdirSync(path.join(root, directory), { recursive: true });
    fs.writeFileSync(path.join(root, directory, 'package.json'), JSON.stringify(json));
    if (licence) fs.writeFileSync(path.join(root, directory, 'LICENSE.md'), licence);
  }
  return evaluate('third-party.mjs', `tasks.packagesOf(${JSON.stringify(files)}, ${JSON.stringify(root)})`);
}

const MIT = { name: 'small', version: '1.0.0', license: 'MIT', texts: 'Do what you want.' };
const APACHE = { name: '@scope/large', version: '2.0.0', license: 'Apache-2.0' };

describe('the packages that ship', () => {
  test('are those of which a file is bundled, also inside another package, once for each version', () => {
    expect(packagesOf({
      'node_modules/small': { json: { name: 'small', version: '1.0.0', license: 'MIT' }, licence: 'Do what you want.\r\n' },
      'node_modules/@scope/large': { json: { name: '@scope/large', version: '2.0.0', license: 'Apache-2.0' } },
      'node_modules/@scope/large/node_modules/small': { json: { name: 'small', version: '0.9.0', license: 'ISC' }, licence: 'Old.' },
      'node_modules/unused': { json: { name: 'unused', version: '1.0.0', license: 'GPL-3.0' } },
    }, ['src/a.ts', 'node_modules/small/index.js', 'node_modules/small/b.js', 'node_modules/@scope/large/dist/index.js', 'node_modules/@scope/large/node_modules/small/index.js']))
      .toEqual([APACHE, { name: 'small', version: '0.9.0', license: 'ISC', texts: 'Old.' }, MIT]);
  });

  test('have the text of their repository where they leave it out', () => {
    const json = { name: '@cfworker/json-schema', version: '4.1.6', license: 'MIT' };
    const [{ texts }] = packagesOf({ 'node_modules/@cfworker/json-schema': { json } }, ['node_modules/@cfworker/json-schema/index.js']);
    expect(texts).toMatch(/^MIT License\n\nCopyright \(c\) 2020 Jeremy Danyow\n[^]+# Third Party Notices/);
  });

  test('of the functions and the command line have an accepted licence, with its text', () => {
    const names = evaluate('third-party.mjs', 'tasks.bundledPackages()').map(({ name }: { name: string }) => name);
    expect(names).toEqual(expect.arrayContaining(['@aws-sdk/client-batch', '@aws-sdk/client-dynamodb', '@aws-sdk/client-s3', '@cfworker/json-schema', 'commander', 'hono', 'valibot']));
    const written = fs.readFileSync(path.join(TASKS, '..', 'THIRD-PARTY-LICENSES.txt'), 'utf8');
    const bom = JSON.parse(fs.readFileSync(path.join(TASKS, '..', 'sbom.cdx.json'), 'utf8'));
    expect(names.filter((name: string) => !written.includes(`\n${name}@`))).toEqual([]);
    expect(bom.components.map(({ name }: { name: string }) => name).sort()).toEqual([...names].sort());
  });
});

describe('their licences', () => {
  const text = (packages: object[]) => evaluate('third-party.mjs', `tasks.licencesText(${JSON.stringify(packages)}, 'Apache License')`);

  test('are written once for all packages with the same text', () => {
    const written = text([MIT, { ...MIT, name: 'other' }, APACHE]);
    expect(written.match(/Do what you want\./g)).toHaveLength(1);
    expect(written).toContain('small@1.0.0 (MIT)\nother@1.0.0 (MIT)\n\nDo what you want.\n');
    expect(written).toContain('@scope/large@2.0.0 (Apache-2.0)\n\nApache License\n');
  });

  test.each([
    ['is not known', { ...MIT, license: 'GPL-3.0-only' }, 'small@1.0.0 (GPL-3.0-only)'],
    ['is not named', { ...MIT, license: undefined }, 'small@1.0.0 (undefined)'],
    ['has no text', { ...MIT, texts: undefined }, 'these packages have no text of their licence: small@1.0.0'],
  ])('stop the build when one %s', (_, one, message) => {
    expect(() => text([one])).toThrow(message);
  });
});

describe('the bill of materials', () => {
  const component = (name: string, version: string) => ({ 'bom-ref': `${name}@${version}`, name, version, 'scope': 'optional', 'properties': [{ name: 'cdx:npm:package:development', value: 'true' }, { name: 'cdx:npm:package:path', value: name }] });
  const whole = {
    bomFormat: 'CycloneDX',
    serialNumber: 'urn:uuid:1',
    specVersion: '1.5',
    metadata: { timestamp: 'now', lifecycles: [{ phase: 'pre-build' }], tools: [{ name: 'cli', version: '11' }], component: { 'bom-ref': '@scope/own@0.0.0', 'name': 'directory' } },
    components: [component('small', '1.0.0'), component('@scope/large', '2.0.0'), component('jest', '30.0.0')],
    dependencies: [
      { ref: '@scope/own@0.0.0', dependsOn: ['jest@30.0.0'] },
      { ref: '@scope/large@2.0.0', dependsOn: ['small@1.0.0', 'jest@30.0.0'] },
      { ref: 'jest@30.0.0', dependsOn: [] },
    ],
  };
  const bill = (packages: object[]) => evaluate('third-party.mjs', `tasks.billOfMaterials(${JSON.stringify(whole)}, ${JSON.stringify(packages)})`);

  test('has what ships and nothing else, and nothing that differs between two builds', () => {
    expect(bill([MIT, APACHE])).toEqual({
      bomFormat: 'CycloneDX',
      specVersion: '1.5',
      serialNumber: expect.stringMatching(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/),
      metadata: { lifecycles: [{ phase: 'pre-build' }], component: { 'bom-ref': '@scope/own@0.0.0', 'name': '@scope/own' } },
      components: ['small@1.0.0', '@scope/large@2.0.0'].map((ref) => expect.objectContaining({ 'bom-ref': ref, 'scope': 'required', 'properties': [{ name: 'cdx:npm:package:path', value: expect.any(String) }] })),
      dependencies: [
        { ref: '@scope/own@0.0.0', dependsOn: ['small@1.0.0', '@scope/large@2.0.0'] },
        { ref: '@scope/large@2.0.0', dependsOn: ['small@1.0.0'] },
      ],
    });
  });

  test('has another serial number when something else ships', () => {
    expect(bill([MIT, APACHE]).serialNumber).not.toBe(bill([MIT]).serialNumber);
  });

  test('is refused when npm does not know a package that ships', () => {
    expect(() => bill([{ ...MIT, version: '3.0.0' }])).toThrow('small@3.0.0');
  });
});

describe('advisories', () => {
  const read = (report: unknown, shipped = ['small']) => evaluate('advisories.mjs', `tasks.readAudit(${JSON.stringify(typeof report === 'string' ? report : JSON.stringify(report))}, ${JSON.stringify(shipped)})`);
  const about = (name: string) => ({ name, severity: 'high', via: ['other', { title: 'Escape', url: 'https://github.com/advisories/GHSA-1' }] });

  test('are told apart: about what ships, and about what builds and tests it', () => {
    expect(read({ vulnerabilities: { small: about('small'), jest: about('jest') } })).toEqual({
      shipping: ['small: high: Escape: https://github.com/advisories/GHSA-1'],
      building: ['jest: high: Escape: https://github.com/advisories/GHSA-1'],
    });
    expect(read({ vulnerabilities: {} })).toEqual({ shipping: [], building: [] });
  });

  test('are not known where the registry does not answer', () => {
    expect(read({ message: '405 Method Not Allowed', statusCode: 405 }).unchecked).toBe('405 Method Not Allowed');
    expect(read('npm error').unchecked).toBe('npm audit wrote no JSON');
  });
});
