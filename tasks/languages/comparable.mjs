// What must be equal in all languages. The image of a quickstart is written in the language of its app: its program and its hashes are masked,
// and everything else is compared byte for byte. The image of the other app is the same in all languages, so nothing of it is masked.
import fs from 'node:fs';

/** Returns `{ template, assets }` of a synthesized stack, as texts. `program` are the first words of the command of a quickstart. */
export function comparable(file, program) {
  const template = fs.readFileSync(file, 'utf8');
  // Without the version of the manifest's schema: the newest version of its package is not the same in every registry.
  const { version, ...manifest } = JSON.parse(fs.readFileSync(file.replace('.template.json', '.assets.json'), 'utf8'));
  const assets = JSON.stringify(manifest);
  return program === undefined ? { template, assets } : masked({ template, assets, manifest, program });
}

function masked({ template, assets, manifest, program }) {
  const images = Object.keys(manifest.dockerImages);
  if (images.length !== 1) throw new Error(`a quickstart has 1 image, but the manifest has ${images.length}: ${images.join(', ')}`);
  // The template is an asset as well, and its hash changes with the hash of the image.
  const [ofTemplate] = Object.keys(manifest.files).filter((hash) => manifest.files[hash].source.path.endsWith('.template.json'));
  // The CDK names the destination of an asset after its hash.
  const destinations = [manifest.dockerImages[images[0]], manifest.files[ofTemplate]].flatMap((asset) => Object.keys(asset.destinations));
  const masks = [[images[0], '<image>'], [ofTemplate, '<template>'], ...destinations.map((name) => [name, '<destination>'])];
  const mask = (text) => masks.reduce((result, [hash, word]) => result.replaceAll(hash, word), withoutProgram(text, program));
  return { template: mask(template), assets: mask(assets) };
}

/** The words stand in lists of JSON, also in those within a string, where a backslash is before each quotation mark. */
function withoutProgram(text, program) {
  const words = program.map((word) => `\\1"${word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\1"`);
  return text.replace(new RegExp(`(\\\\*)"${words.join(',\\s*').slice('\\1"'.length)}`, 'g'), '$1"<program>$1"');
}
