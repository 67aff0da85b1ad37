// Bundles the web page of an API into one file. A policy in the page allows the one script and the one style that it has, and nothing else:
// https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Content-Security-Policy
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { at } from './project.mjs';

/** The signer also signs messages of event streams. The page has none, and two kilobytes less without. */
const WITHOUT_EVENT_STREAMS = {
  name: 'without-event-streams',
  setup({ onLoad }) {
    onLoad({ filter: /signature-v4[\\/]dist-es[\\/]HeaderFormatter\.js$/ }, () => ({ contents: 'export class HeaderFormatter {}' }));
  },
};

/** What goes into the page, for esbuild. */
export const CONSOLE_BUILD = {
  entryPoints: ['console/main.tsx', 'console/style.css'],
  absWorkingDir: at(),
  outdir: 'bundles',
  bundle: true,
  minify: true,
  format: 'esm',
  platform: 'browser',
  target: 'es2022',
  charset: 'utf8',
  legalComments: 'none',
  tsconfig: 'console/tsconfig.json',
  logLevel: 'warning',
  plugins: [WITHOUT_EVENT_STREAMS],
  write: false,
};

/** The most bytes of the page: the function answers with it, and a phone loads it. */
const LIMIT = 84_000;
/** What the function writes the Region into. */
const REGION = '<meta name="region" content="">';

/** The page as HTML. */
export async function consolePage(options = {}) {
  const { outputFiles } = await build({ ...CONSOLE_BUILD, ...options });
  const textOf = (ending) => outputFiles.find(({ path: file }) => file.endsWith(ending)).text.trim();
  const script = textOf('.js').replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--');
  const style = textOf('.css');
  const policy = [
    "default-src 'none'", `script-src ${hashOf(script)}`, `style-src ${hashOf(style)}`, "connect-src 'self'", 'img-src data:', "base-uri 'none'", "form-action 'none'",
  ].join('; ');
  const parts = [
    ['http-equiv="Content-Security-Policy" content=""', `http-equiv="Content-Security-Policy" content="${policy}"`],
    ['<style></style>', `<style>${style}</style>`],
    ['<script type="module"></script>', `<script type="module">${script}</script>`],
  ];
  const page = parts.reduce((html, [from, to]) => {
    if (html.split(from).length !== 2) throw new Error(`console/index.html does not have this text once: ${from}`);
    return html.replace(from, () => to);
  }, fs.readFileSync(at('console', 'index.html'), 'utf8'));
  if (page.split(REGION).length !== 2) throw new Error(`the page does not have this text once: ${REGION}`);
  return page;
}

function hashOf(text) {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

if (process.argv[1] === import.meta.filename) {
  const page = await consolePage();
  const bytes = Buffer.byteLength(page);
  if (bytes > LIMIT) throw new Error(`the page has ${bytes} bytes, and may have ${LIMIT}`);
  const file = at('assets', 'console', 'index.html');
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, page);
  console.log(`${path.relative(at(), file)}: ${(bytes / 1000).toFixed(1)} KB`);
}
