// In a self-test: breaks of the sources of the page.
import fs from 'node:fs';
import path from 'node:path';
import { CONSOLE_BUILD } from '../../tasks/console.mjs';
import { at } from '../../tasks/project.mjs';

const START = 'a run is started with the form, and shows its progress, its log and its result';

export const BREAKS = [
  {
    title: 'a log whose HTML is live',
    pattern: /policy|HTML/,
    journey: START,
    change: { file: 'console/log/log-view.tsx', from: ">{text || '\\u00a0'}</div>", to: ' dangerouslySetInnerHTML={{ __html: text }} />' },
  },
  {
    title: 'a log with the colours of a terminal',
    pattern: /colours/,
    journey: START,
    change: { file: 'console/log/buffer.ts', from: 'text: plainLine(text)', to: 'text: text + plainLine("")' },
  },
  {
    title: 'a policy that does not allow the script',
    pattern: /policy|Timeout/,
    journey: 'light, 375 pixels wide: no view has barriers, and none is too wide',
    change: { inPage: true, from: "script-src 'sha256-", to: "script-src 'sha256-x" },
  },
  {
    title: 'a field without a label',
    pattern: /label/,
    journey: 'light, 1200 pixels wide: no view has barriers, and none is too wide',
    change: { file: 'console/form/field-input.tsx', from: '<label class="name" for={id}>', to: '<label class="name">' },
  },
  {
    title: 'a key that is forgotten without an answer',
    pattern: /the keys are/,
    journey: 'a request without an answer is sent again with its key',
    change: { file: 'console/form/run-form.tsx', from: 'error instanceof ApiError && error.status < 500) key', to: 'error) key' },
  },
  {
    title: 'an error that is not at its field',
    pattern: /field-pages-error/,
    journey: 'a value that the API refuses is shown at its field',
    change: { file: 'console/form/fields.ts', from: 'pointer === pointerTo(name)', to: 'pointer === name' },
  },
  {
    title: 'an example whose bar stands still',
    pattern: /the bar has had the values/,
    journey: 'report-api: the bar of a report moves, and its result is a table, also after the page is loaded again',
    change: { ofExample: true, from: 'bar.value = progress.percentage', to: 'bar.value = 1' },
  },
];

/** What makes esbuild read one file with a change. */
export function breaking(file, from, to) {
  const source = fs.readFileSync(at(file), 'utf8');
  if (source.split(from).length !== 2) throw new Error(`${file} does not have this text once: ${from}`);
  const plugin = {
    name: 'breaks',
    setup: ({ onLoad }) => onLoad({ filter: /\.tsx?$/ }, ({ path: loaded }) => (
      loaded === at(file) ? { contents: source.replace(from, () => to), loader: path.extname(file).slice(1) } : undefined
    )),
  };
  return { plugins: [...CONSOLE_BUILD.plugins, plugin] };
}
