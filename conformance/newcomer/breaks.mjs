// The breaks of the self-test: each is a document with one mistake, and the same text without it.

const block = (info, text) => `\`\`\`${info}\n${text}\n\`\`\`\n`;

const shows = (output) => `${block('sh', 'echo "report 42 is ready"')}${block('text output of echo "report 42 is ready"', output)}`;

const aBreak = (title, pattern, sound, from, to) => ({ title, pattern, sound, markdown: sound.replace(from, () => to) });

/** An app with an API, as after an installation: its packages are those of the clone. */
const served = `${block('js', `// app.js
const { App, Stack } = require('aws-cdk-lib');
const { HeavyBatchApi, HeavyBatchJob } = require('cdk-heavy-batch');
const stack = new Stack(new App(), 'Reports');
const job = new HeavyBatchJob(stack, 'Sort', { imageDirectory: './image', resultSource: 'LOG' });
new HeavyBatchApi(stack, 'Api', { jobs: [{ job }] });
`)}
${block('dockerfile', '# image/Dockerfile\nFROM node:24-alpine\nCOPY index.mjs .\nCMD ["node", "index.mjs"]')}
${block('js', `// image/index.mjs
for (let page = 1; page <= 12; page++) {
  await new Promise((resolve) => setTimeout(resolve, 1000));
  console.log(\`::progress \${page}/12\`);
}
console.log('::result {"pages":12}');`)}
${block('sh', 'ln -sfn ../clone/node_modules node_modules\nCDK_OUTDIR=cdk.out node app.js\nnpx heavy-batch serve')}
${block('text output of npx heavy-batch serve', '  page: http://127.0.0.1:8787/console')}`;

export const BREAKS = [
  aBreak('a command that fails', /exited with 1/, block('sh', 'test -d .'), 'test -d .', 'test -d missing'),
  aBreak('an output that is not printed', /did not print report 43 is ready/, shows('report 42 is ready'), '```text output of echo "report 42 is ready"\nreport 42', '```text output of echo "report 42 is ready"\nreport 43'),
  aBreak('an output in another order', /did not print first/, `${block('sh', "printf 'first\\nsecond\\n'")}${block("text output of printf 'first\\nsecond\\n'", 'first\nsecond')}`, 'first\nsecond\n```', 'second\nfirst\n```'),
  aBreak('a command of an unknown place', /runs in 'clone' or needs 'aws'/, block('sh clone', 'true'), 'sh clone', 'sh server'),
  aBreak('a link to nothing', /links to missing\.md, which does not exist/, '[a document](README.md)\n', 'README.md', 'missing.md'),
  aBreak('JSON with a mistake', /:\d+: .*JSON/, block('json', '{"a": 1}'), '1}', '1,}'),
  aBreak('a sample that does not compile', /does not compile/, block('ts nofixture', "export const text: string = 'text';"), "'text'", '42'),
  aBreak('an option that the command does not have', /has no option --fast/, block('text', 'heavy-batch list [--app cdk.out] [--json] [--verbose]'), '[--verbose]', '[--verbose] [--fast]'),
  { ...aBreak('a job that is over before it can be watched', /the progress bar has had the values/, served, '1000', '50'), needsBrowser: true },
  aBreak('an app without an endpoint', /did not start a run/, served, "new HeavyBatchApi(stack, 'Api', { jobs: [{ job }] });\n", ''),
  aBreak('a Dockerfile without its place', /where this Dockerfile must be/, block('dockerfile', '# tool/Dockerfile\nFROM alpine'), '# tool/Dockerfile\n', ''),
];
