// Writes the image directories of the jobs, and synthesizes the app that has them.
import fs from 'node:fs';
import path from 'node:path';
import { at } from '../../tasks/project.mjs';
import { forEach, synthesize } from '../../tasks/step.mjs';
import { cached, hashOf } from '../common/cache.mjs';

const DOCKERFILE = 'FROM localhost/base:1\nWORKDIR /app\nCOPY . .\n';

/** All jobs: the arrays of the files in `jobs`, each job with its file, and with an id that CloudFormation accepts. */
export async function readJobs() {
  const directory = at('conformance', 'containers', 'jobs');
  const files = fs.readdirSync(directory).sort();
  const modules = await Promise.all(files.map((file) => import(path.join(directory, file))));
  const named = modules.flatMap((module, index) => module.default.map((job) => ({ ...job, app: path.basename(files[index], '.mjs'), id: idOf(job.name) })));
  const ids = named.map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) < index);
  if (twice) throw new Error(`two jobs have the id ${twice}; name them differently`);
  return named;
}

/** `exits with 1` becomes `ExitsWith1`. */
function idOf(name) {
  return name.split(/\W+/).filter(Boolean).map((word) => word[0].toUpperCase() + word.slice(1)).join('');
}

/** Synthesizes an app for each file of jobs, since a stack has room for about fifty. Returns the directory that has their cloud assemblies. */
export async function synthesizeJobs(jobs) {
  const sources = ['lib', 'assets', 'src', 'package-lock.json', 'conformance/containers'].map((file) => at(file));
  return cached('containers-apps', hashOf(...sources), async (temporary) => {
    await forEach(new Set(jobs.map(({ app }) => app)), async (app) => {
      const described = jobs.filter((job) => job.app === app).map(({ files, dockerfile, expected, differs, asProcess, varies, ...job }) => (
        { ...job, imageDirectory: writeImage(path.join(temporary, 'images', job.id), { files, dockerfile }) }
      ));
      const file = path.join(temporary, `${app}.json`);
      fs.writeFileSync(file, JSON.stringify(described));
      await synthesize(`${described.length} jobs`, at('conformance', 'containers', 'app.ts'), path.join(temporary, app), { JOBS_FILE: file });
    });
  });
}

/** A file whose text begins with `#!` may be executed. Another mode is that of `{ text, mode }`; a link is `{ link }`. */
function writeImage(directory, { files = {}, dockerfile = DOCKERFILE }) {
  for (const [name, given] of Object.entries({ Dockerfile: dockerfile, ...files })) {
    const file = path.join(directory, name);
    const { text = '', mode, link } = typeof given === 'string' ? { text: given } : given;
    fs.mkdirSync(path.dirname(file), { recursive: true });
    if (link === undefined) fs.writeFileSync(file, text);
    else fs.symlinkSync(link, file);
    if (link === undefined) fs.chmodSync(file, mode ?? (text.startsWith('#!') ? 0o755 : 0o644));
  }
  return directory;
}
