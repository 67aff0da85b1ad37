// Figures, measured side by side in one run. `npm run bench [-- <part>...] [-- --json] [-- --write]`
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { parseArgs } from 'util';
import { cost } from './cost';
import { delay } from './delay';
import { flight } from './flight';
import { size } from './size';
import { synth } from './synth';

const PARTS: Record<string, { readonly title: string; readonly measure: () => object[] | Promise<object[]> }> = {
  cost: { title: 'One run, beside its instance', measure: cost },
  delay: { title: "Seconds from the container's end to the run's end, 100 runs", measure: delay },
  flight: { title: '2,000 runs started within 20 seconds, an hour each: API calls', measure: flight },
  synth: { title: 'Synthesis', measure: synth },
  size: { title: 'What is bundled', measure: size },
};

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'boolean' }, write: { type: 'boolean' } } });
  const unknown = positionals.find((name) => !(name in PARTS));
  if (unknown) {
    process.stderr.write(`there is no part '${unknown}'; there are ${Object.keys(PARTS).join(', ')}\n`);
    process.exitCode = 2;
    return;
  }
  const results: Record<string, object[]> = {};
  let text = `Measured on ${new Date().toISOString().slice(0, 10)} with Node.js ${process.versions.node} on ${os.cpus().length} cores (${os.cpus()[0]?.model.trim()}); a machine that is shared.\n`;
  for (const name of positionals.length > 0 ? positionals : Object.keys(PARTS)) {
    const started = Date.now();
    process.stderr.write(`${name} ...`);
    results[name] = await PARTS[name].measure();
    process.stderr.write(` ${((Date.now() - started) / 1000).toFixed(1)} s\n`);
    text += `\n## ${PARTS[name].title}\n\n${table(results[name])}`;
  }
  if (values.json) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
  else process.stdout.write(text);
  if (values.write) fs.writeFileSync(path.join(__dirname, 'RESULTS.md'), `# Figures\n\nWritten by \`npm run bench -- --write\`. ${text}`);
}

function table(rows: object[]): string {
  const columns = Object.keys(rows[0]);
  const line = (cells: string[]) => `| ${cells.join(' | ')} |\n`;
  return line(columns.map(words)) + line(columns.map(() => '---')) + rows.map((row) => line(Object.values(row).map(shown))).join('');
}

function words(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function shown(value: unknown): string {
  if (typeof value !== 'number') return String(value);
  return Number.isInteger(value) ? value.toLocaleString('en') : value < 0.01 ? value.toPrecision(2) : value.toFixed(2);
}

void main();
