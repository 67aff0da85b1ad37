// Measures all figures in one run. `npm run bench [-- <part>...] [-- --json] [-- --write]`. With parts, `--write` replaces only these.
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { parseArgs } from 'util';
import { api } from './api';
import { cost } from './cost';
import { delay } from './delay';
import { flight } from './flight';
import { growth } from './growth';
import { size } from './size';
import { synth } from './synth';

const PARTS: Record<string, { readonly title: string; readonly measure: () => object[] | Promise<object[]> }> = {
  cost: { title: 'What one run costs in addition to its instance', measure: cost },
  delay: { title: 'Seconds from the end of the container to the end of the run, 100 runs', measure: delay },
  flight: { title: 'API calls of 2,000 runs that start within 20 seconds and take about an hour', measure: flight },
  api: { title: 'An API with 1,000 clients that ask every two seconds for runs of their own', measure: api },
  growth: { title: 'Templates of a compute with Spot and more and more jobs, with two tags', measure: growth },
  synth: { title: 'Synthesis', measure: synth },
  size: { title: 'Bundles', measure: size },
};

const RESULTS = path.join(__dirname, 'RESULTS.md');

const INTRODUCTION = `All figures come from the emulator and from prices of us-east-1, not from an AWS account. "heavy-batch" is this library. "polling every 30 s" is a
state machine that is written by hand, waits 30 seconds, and asks a function for the state of the job. An invocation is assumed to take 150 ms of
256 MiB. Logs are not counted.

The clients of the API ask for 20 seconds: in ten minutes they ask 30 times as often, and each second is like the others while their runs go on. A request is assumed to
take 30 ms of a function with 256 MiB and ARM, besides the time that it waits: virtual time does not say how long it takes. Data transfer is not counted. The throttle has to be raised for so many
requests: by default an API answers 100 a second. Each container writes its progress every ten seconds, which is a part of its age. Before they are counted,
clients ask for minutes. In the emulator few instances of the function are at work at once; in AWS each further one may write once or twice in two seconds more.
`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'boolean' }, write: { type: 'boolean' } } });
  const unknown = positionals.find((name) => !(name in PARTS));
  if (unknown) {
    process.stderr.write(`unknown part '${unknown}'; the parts are ${Object.keys(PARTS).join(', ')}\n`);
    process.exitCode = 2;
    return;
  }
  const results: Record<string, object[]> = {};
  let text = `Measured on ${new Date().toISOString().slice(0, 10)} with Node.js ${process.versions.node} on ${os.cpus().length} cores (${os.cpus()[0]?.model.trim()}); the machine is shared.\n\n${INTRODUCTION}`;
  for (const name of positionals.length > 0 ? positionals : Object.keys(PARTS)) {
    const started = Date.now();
    process.stderr.write(`${name} ...`);
    results[name] = await PARTS[name].measure();
    process.stderr.write(` ${((Date.now() - started) / 1000).toFixed(1)} s\n`);
    text += `\n## ${PARTS[name].title}\n\n${tableOf(results[name])}`;
  }
  if (values.json) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
  else process.stdout.write(text);
  if (!values.write) return;
  fs.writeFileSync(RESULTS, positionals.length === 0 ? `# Figures\n\n\`npm run bench -- --write\` writes this file. ${text}` : withParts(fs.readFileSync(RESULTS, 'utf8'), results));
}

/** The former figures, with those of some parts, and with the day of these. */
function withParts(former: string, results: Record<string, object[]>): string {
  const [head, ...sections] = former.split('\n## ');
  const titleOf = (section: string) => section.split('\n')[0];
  const written = Object.entries(results).map(([name, rows]) => `${PARTS[name].title}\n\n${tableOf(rows)}\nMeasured on ${new Date().toISOString().slice(0, 10)}.\n`);
  const introduced = `${head.slice(0, head.indexOf('All figures come'))}${INTRODUCTION}`;
  return [introduced, ...sections.map((section) => written.find((each) => titleOf(each) === titleOf(section)) ?? section)].join('\n## ');
}

function tableOf(rows: object[]): string {
  const columns = Object.keys(rows[0]);
  const line = (cells: string[]) => `| ${cells.join(' | ')} |\n`;
  return line(columns.map(headingOf)) + line(columns.map(() => '---')) + rows.map((row) => line(Object.values(row).map(format))).join('');
}

function headingOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function format(value: unknown): string {
  if (typeof value !== 'number') return String(value);
  return Number.isInteger(value) ? value.toLocaleString('en') : value < 0.01 ? value.toPrecision(2) : value.toFixed(2);
}

void main();
