// Writes docs/field-reports.md from test/field-reports/*.yaml. With --check it only compares.
import fs from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

const PAGE = 'docs/field-reports.md';
const DATA = 'test/field-reports';

const files = fs.readdirSync(DATA).filter((name) => name.endsWith('.yaml')).sort()
  .map((name) => ({ name, ...parse(fs.readFileSync(path.join(DATA, name), 'utf8')) }));
const count = files.reduce((sum, { reports }) => sum + reports.length, 0);

const introduction = `# Field reports

<!-- \`node tasks/field-reports.mjs\` writes this page from test/field-reports/*.yaml. -->

People who use AWS Batch, Amazon ECS, AWS Step Functions and the tools around them have reported in public what went wrong. This page has ${count} of
these reports. For each one it says what happened, in our own words, and what this project does in the same situation. A test replays the
situation on the code of this project.

## How to read it

- The name of a report is its source, and also the name of its test:
  \`npx jest test/field-reports -t 'nextflow-io/nextflow/issues/4096'\` runs one.
- The last column has the kind of the test, and what the run comes to.

| test | what it does |
| --- | --- |
| verdict | shows a job that has ended to the check function, as DescribeJobs would show it, and compares what the run is told. Where it matters, the retry rules of the template decide whether AWS Batch starts the job again |
| check | shows a job that has not ended for some time, or an error of a service, and compares the heartbeats, the termination and the next check |
| result | has S3 answer with an object or an error, and compares the result in the run's output |
| local result | has a container of a local run put its result to S3, and compares the object |
| input | gives an input to the submit function, and compares the refusal, or the request that AWS Batch gets |
| submission | has a service refuse a call, and compares the error, all calls, and whether the state machine retries |
| synth | makes a job with some props, and compares the error or the template |
| scenario | plays a scenario of the [simulation](../simulation/scenarios/README.md). Its oracle finds runs that are lost, doubled, hung or wrong |

## What it does not say

The threads were read as stored copies, not as live pages, so a thread may have gone on since. Where a report does not quote a text of AWS, the
test uses the text of another report or of the documentation. Accounts and addresses are replaced. The tests run without an AWS account: they show what this project makes of an
answer of AWS, not that AWS still gives this answer.

## How to add a report

1. Add an entry to the file of its kind in [test/field-reports](../test/field-reports): \`source\`, \`situation\`, \`ours\` and one \`replay\`. The schema
   in \`report.ts\` says what a replay may hold, and the error names the field that is wrong.
2. \`npx jest test/field-reports\` replays all reports. A report whose test fails is a fault of this project, or of the entry.
3. \`node tasks/field-reports.mjs\` writes this page.
`;

const sections = files.map(({ name, title, reports }) => [
  `## ${title}`,
  '',
  `From [${name}](../${DATA}/${name}).`,
  '',
  '| report | what happened | what this project does | test |',
  '| --- | --- | --- | --- |',
  ...reports.map((report) => `| ${[linkTo(report), report.situation, report.ours, testOf(report)].map(cell).join(' | ')} |`),
  '',
].join('\n'));

function linkTo({ source }) {
  return `[${source.replace(/^https:\/\/(github\.com\/)?/, '')}](${source})`;
}

/** The kind of the test, and what the run comes to. */
function testOf({ replay }) {
  const [[kind, value]] = Object.entries(replay);
  if (kind === 'scenario') return `scenario: [${value}](../simulation/scenarios/${value}.yaml)`;
  const name = kind.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  const { reason, refused, error, tells, terminates, resultError, retried } = value.expects;
  const outcome = reason ?? error ?? tells?.reason ?? (refused && (kind === 'input' ? 'InvalidInput' : 'refused')) ?? (terminates && 'terminated') ?? (resultError && 'resultError');
  return [name, ...outcome ? [`\`${outcome}\``] : [], ...retried === undefined ? [] : [retried ? 'retried' : 'not retried']].join(', ');
}

function cell(text) {
  return text.replace(/\s+/g, ' ').replace(/\|/g, '\\|').replace(/</g, '&lt;').trim();
}

const page = [introduction, ...sections].join('\n');
if (!process.argv.includes('--check')) {
  fs.writeFileSync(PAGE, page);
} else if (!fs.existsSync(PAGE) || fs.readFileSync(PAGE, 'utf8') !== page) {
  console.error(`${PAGE} is not up to date; run: node tasks/field-reports.mjs`);
  process.exitCode = 1;
}
