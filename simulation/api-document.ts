import { Schema, Validator } from '@cfworker/json-schema';
import type { Exchange } from './api-observations';

/** What API Gateway itself answers, whatever the document says: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-troubleshooting-lambda.html */
const OF_GATEWAY = [400, 404, 500, 503];
const PROBLEM = 'application/problem+json';

/** An answer is one that the OpenAPI document has, with a body of its schema. A request to a path that the document does not have is answered with a problem. */
export function expectDocumentedAnswer(document: Record<string, any>, exchange: Exchange, report: (message: string) => void): void {
  const { request: { method, path }, answer: { status, headers }, body } = exchange;
  const type = String(headers['content-type'] ?? '').split(';')[0];
  const wrong = (message: string) => report(`${method} ${path} was answered with ${status} ${type}: ${message}`);
  const isOfGateway = type === 'application/json' && OF_GATEWAY.includes(status) && typeof body?.message === 'string' && Object.keys(body).length === 1;
  if (isOfGateway) return;
  if ((status === 429 || status === 503) && headers['retry-after'] === undefined) wrong('there is no Retry-After');
  const operation = operationOf(document, method, path.split('?')[0]);
  if (!operation) {
    const problem = type === PROBLEM ? problemWith(document, { $ref: '#/components/schemas/Problem' }, body) : 'it is no problem';
    if (![400, 404, 405].includes(status) || problem) wrong(problem ?? 'the document has no such path');
    return;
  }
  const documented = resolved(document, operation.responses[status]);
  if (!documented) return wrong('the document has no such status');
  if (!documented.content) {
    if (exchange.answer.body.length > 0) wrong('it has a body');
    return;
  }
  const schema = documented.content[type]?.schema;
  if (!schema) return wrong('the document has no such type');
  const problem = problemWith(document, schema, body);
  if (problem) wrong(problem);
  if (type === PROBLEM && body.status !== status) wrong(`its body says ${body.status}`);
}

function operationOf({ paths }: Record<string, any>, method: string, path: string): { responses: Record<string, unknown> } | undefined {
  const found = Object.entries<Record<string, any>>(paths).find(([template]) => new RegExp(`^${template.replace(/\{\w+\}/g, '[^/]+')}$`).test(path));
  return found?.[1][method.toLowerCase()];
}

function resolved(document: Record<string, any>, part: any): any {
  return typeof part?.$ref === 'string' ? part.$ref.slice(2).split('/').reduce((value: any, name: string) => value?.[name], document) : part;
}

const validators = new WeakMap<object, Map<string, Validator>>();

/** What is wrong with a value. Undefined: nothing. */
function problemWith(document: Record<string, any>, schema: object, value: unknown): string | undefined {
  if (value === undefined) return 'its body is no JSON';
  const known = validators.get(document) ?? new Map<string, Validator>();
  validators.set(document, known);
  const key = JSON.stringify(schema);
  const validator = known.get(key) ?? new Validator({ ...schema, components: document.components } as Schema, '2020-12');
  known.set(key, validator);
  const { valid, errors } = validator.validate(value);
  return valid ? undefined : errors.map(({ instanceLocation, error }) => `${instanceLocation}: ${error}`).join('; ');
}
