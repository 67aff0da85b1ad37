import * as fs from 'node:fs';
import * as path from 'node:path';
import { parametersSchema } from '../../src/contract/api-runs';
import { ApiDescription, openApiDocument } from '../../src/contract/openapi';

const TWO_JOBS: ApiDescription = {
  title: 'Media',
  version: '1.0.0',
  securityScheme: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
  jobs: [
    {
      name: 'sort',
      parameters: {
        megabytes: { type: 'integer', description: 'How many megabytes are sorted.', minimum: 1, maximum: 1_000, default: '300' },
        algorithm: { type: 'string', enum: ['merge', 'quick'], isRequired: true },
        label: {},
      },
    },
    { name: 'elsewhere' },
  ],
};

/** The document as it was read by people. `npx jest test/contract/openapi.test.ts -u` writes it again. */
const FILE = path.join(__dirname, 'openapi.json');

test('the document is the one that was read', () => {
  const document = `${JSON.stringify(openApiDocument(TWO_JOBS), undefined, 2)}\n`;
  if (process.argv.includes('-u')) fs.writeFileSync(FILE, document);
  expect(document).toBe(fs.readFileSync(FILE, 'utf8'));
});

test('parameters are in one order, whatever the order in which a language gives them', () => {
  const [job] = TWO_JOBS.jobs;
  const reversed = Object.fromEntries(Object.entries(job.parameters!).reverse());
  const textOf = (parameters: typeof job.parameters) => JSON.stringify(openApiDocument({ ...TWO_JOBS, jobs: [{ ...job, parameters }] }));
  expect(textOf(reversed)).toBe(textOf(job.parameters));
});

test('an API of one job has a shorter path, and an API of several has not', () => {
  const pathsOf = (jobs: ApiDescription['jobs']) => Object.keys(openApiDocument({ ...TWO_JOBS, jobs }).paths as object);
  expect(pathsOf(TWO_JOBS.jobs.slice(0, 1))).toEqual(['/runs', '/jobs/sort/runs', '/runs/{id}', '/runs/{id}/logs', '/runs/{id}/redrive', '/openapi.json']);
  const { paths } = openApiDocument(TWO_JOBS) as { paths: Record<string, object> };
  expect(Object.keys(paths['/runs'])).toEqual(['get']);
  expect(Object.keys(paths)).toContain('/jobs/elsewhere/runs');
});

test('a body is required where one of its parameters is', () => {
  const { paths } = openApiDocument(TWO_JOBS) as { paths: Record<string, { post: { requestBody: { required: boolean } } }> };
  expect(paths['/jobs/sort/runs'].post.requestBody.required).toBe(true);
  expect(paths['/jobs/elsewhere/runs'].post.requestBody.required).toBe(false);
});

test('an open API has no security scheme', () => {
  const document = openApiDocument({ ...TWO_JOBS, securityScheme: undefined });
  expect(document).not.toHaveProperty('security');
  expect(document.components).not.toHaveProperty('securitySchemes');
});

test('each reference leads somewhere, and each operation has an id of its own', () => {
  const document = openApiDocument(TWO_JOBS);
  const text = JSON.stringify(document);
  const references = [...text.matchAll(/"\$ref":"#\/components\/(\w+)\/(\w+)"/g)].map(([, kind, name]) => ({ kind, name }));
  const components = document.components as Record<string, Record<string, unknown>>;
  expect(references.filter(({ kind, name }) => components[kind]?.[name] === undefined)).toEqual([]);
  expect(references).toContainEqual({ kind: 'schemas', name: parametersSchema('sort') });
  const ids = [...text.matchAll(/"operationId":"(\w+)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
});
