// What the package contains of others: their licences, and a bill of materials. Both are made from what esbuild really bundled, so nothing is
// left out and nothing is named that does not ship.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { CONSOLE_BUILD } from './console.mjs';
import { at } from './project.mjs';
import { script, step } from './step.mjs';

/** The licences under which code may ship in this package. They ask for no more than their text and the names of the authors. */
const ACCEPTED = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT'];

/** What is bundled besides the web page: the functions and the command line. */
const ENTRY_POINTS = [...['submit', 'check', 'api'].map((name) => `src/functions/${name}/${name}.lambda.ts`), 'cli/main.ts'];

/** The files that esbuild puts into the bundles: https://esbuild.github.io/api/#metafile */
async function bundledFiles() {
  const { metafile } = await build({
    entryPoints: ENTRY_POINTS, absWorkingDir: at(), bundle: true, platform: 'node', mainFields: ['module', 'main'], outdir: 'bundles', write: false, metafile: true,
  });
  const page = await build({ ...CONSOLE_BUILD, metafile: true });
  return [metafile, page.metafile].flatMap(({ inputs }) => Object.keys(inputs));
}

/** The packages that ship in the bundles. */
export async function bundledPackages() {
  return packagesOf(await bundledFiles(), at());
}

/** The packages that files are from, by name and version. */
export function packagesOf(files, root) {
  const directories = files.flatMap((file) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0] ?? []);
  const packages = [...new Set(directories)].map((directory) => {
    const { name, version, license } = JSON.parse(fs.readFileSync(path.join(root, directory, 'package.json'), 'utf8'));
    return { name, version, license, texts: textsIn(path.join(root, directory)) ?? textsIn(at('tasks', 'licences', name)) };
  });
  return [...new Map(packages.map((one) => [idOf(one), one])).values()].sort((a, b) => idOf(a) < idOf(b) ? -1 : 1);
}

/** The licences as one text: each text once, after the packages that have it. */
export function licencesText(packages, ownLicence) {
  const refused = packages.filter(({ license }) => !ACCEPTED.includes(license));
  if (refused.length > 0) {
    throw new Error(`these packages have a licence that is not known to be acceptable: ${refused.map((one) => `${idOf(one)} (${one.license})`).join(', ')}`);
  }
  // Some packages of the AWS SDK for JavaScript name Apache-2.0, and leave its text out. It is the text of this package's own licence.
  const byText = groupBy(packages, textOf);
  const missing = packages.filter((one) => textOf(one) === undefined);
  if (missing.length > 0) throw new Error(`these packages have no text of their licence: ${missing.map(idOf).join(', ')}`);
  const sections = [...byText].map(([text, some]) => `${some.map((one) => `${idOf(one)} (${one.license})`).join('\n')}\n\n${text}\n`);
  return [
    'cdk-heavy-batch contains code of these packages, in the functions that it deploys, in its command line and in its web page. Each list of\n'
    + 'packages is followed by the licence under which they are used.\n',
    ...sections,
  ].join(`\n${'-'.repeat(80)}\n\n`);

  function textOf({ license, texts }) {
    return texts ?? (license === 'Apache-2.0' ? ownLicence : undefined);
  }
}

/** The bill of materials that npm writes, with nothing but the packages that ship. Two builds of the same sources write the same one. */
export function billOfMaterials(whole, packages) {
  const shipped = new Set(packages.map(idOf));
  const components = whole.components.filter(({ name, version }) => shipped.has(`${name}@${version}`));
  const missing = [...shipped].filter((id) => !components.some(({ name, version }) => id === `${name}@${version}`));
  if (missing.length > 0) throw new Error(`npm's bill of materials does not have ${missing.join(', ')}`);
  const own = whole.metadata.component;
  const refs = new Set([own['bom-ref'], ...components.map((component) => component['bom-ref'])]);
  const { lifecycles } = whole.metadata;
  const bom = {
    ...whole,
    metadata: { lifecycles, component: { ...own, name: own['bom-ref'].slice(0, own['bom-ref'].lastIndexOf('@')) } }, // npm takes the name of the directory
    components: [...new Map(components.map((component) => [component['bom-ref'], component])).values()].map(shippedComponent),
    dependencies: whole.dependencies.filter(({ ref }) => refs.has(ref)).map(({ ref, dependsOn }) => (
      { ref, dependsOn: ref === own['bom-ref'] ? [...refs].slice(1) : dependsOn.filter((other) => refs.has(other)) })),
  };
  return { ...bom, serialNumber: serialNumberOf({ ...bom, serialNumber: undefined }) };
}

/** A UUID that is made of the content, in the form of version 8: https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-8 */
function serialNumberOf(content) {
  const hex = createHash('sha256').update(JSON.stringify(content)).digest('hex');
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** npm calls them dependencies for development, because they are bundled. They ship. */
function shippedComponent({ properties, ...component }) {
  return { ...component, scope: 'required', properties: properties.filter(({ name }) => name !== 'cdx:npm:package:development') };
}

function idOf({ name, version }) {
  return `${name}@${version}`;
}

/** The texts that a package has, or those of its repository that are kept in tasks/licences, since a package leaves them out. */
function textsIn(directory) {
  if (!fs.existsSync(directory)) return undefined;
  const files = fs.readdirSync(directory).filter((file) => /^(licen[sc]e|copying|notice)/i.test(file)).sort();
  return files.length === 0 ? undefined : files.map((file) => fs.readFileSync(path.join(directory, file), 'utf8').replaceAll('\r\n', '\n').trim()).join('\n\n');
}

function groupBy(items, keyOf) {
  const groups = new Map();
  for (const item of items) groups.set(keyOf(item), [...groups.get(keyOf(item)) ?? [], item]);
  return groups;
}

if (process.argv[1] === import.meta.filename) {
  await script(async () => {
    const packages = await bundledPackages();
    const { stdout } = await step('npm sbom', 'npm', ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only']);
    fs.writeFileSync(at('THIRD-PARTY-LICENSES.txt'), licencesText(packages, fs.readFileSync(at('LICENSE'), 'utf8').trim()));
    fs.writeFileSync(at('sbom.cdx.json'), `${JSON.stringify(billOfMaterials(JSON.parse(stdout), packages), undefined, 2)}\n`);
  });
}
