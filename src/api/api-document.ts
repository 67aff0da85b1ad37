import * as fs from 'fs';
import * as path from 'path';
import { FileSystem } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { HeavyBatchApiParameter } from './api-props';
import { HeavyBatchApiValueType } from './api-value-type';
import type { NamedJob } from './validate-api';
import { mostCharacters } from './validate-parameter';
import { CONSOLE_FILE, DOCUMENT_FILE } from '../contract/api-runs';
import { ApiJob, ApiParameter, openApiDocument } from '../contract/openapi';

/** The version of the document. It changes when a path, a field or a status changes its meaning. */
const VERSION = '1.0';

const JSON_TYPES = { TEXT: 'string', INTEGER: 'integer', NUMBER: 'number', BOOLEAN: 'boolean' } as const satisfies Record<HeavyBatchApiValueType, string>;

const ASSETS = path.join(__dirname, '../../assets');

/** The function's bundle, and beside it the web page and the OpenAPI document of one API. The hash of the asset is that of the files. */
export function codeWithDocument(title: string, jobs: readonly NamedJob[], securityScheme: Readonly<Record<string, unknown>> | undefined): lambda.Code {
  const document = openApiDocument({ title, version: VERSION, jobs: jobs.map(apiJob), securityScheme });
  const directory = FileSystem.mkdtemp('heavy-batch-api');
  fs.copyFileSync(path.join(ASSETS, 'functions/api/api.lambda/index.js'), path.join(directory, 'index.js'));
  fs.copyFileSync(path.join(ASSETS, 'console/index.html'), path.join(directory, CONSOLE_FILE));
  fs.writeFileSync(path.join(directory, DOCUMENT_FILE), JSON.stringify(document));
  return lambda.Code.fromAsset(directory);
}

/** The parameters of a job that are not listed have any value. Of an imported job, only those that are listed are known. */
function apiJob({ name, job, parameters: listed }: NamedJob): ApiJob {
  const { parameters: names = listed && Object.keys(listed), defaults = {} } = job._plan ?? {};
  if (!names) return { name };
  const describe = (parameter: string) => apiParameter(listed?.[parameter] ?? {}, Object.hasOwn(defaults, parameter) ? defaults[parameter] : undefined);
  return { name, parameters: Object.fromEntries(names.map((parameter) => [parameter, describe(parameter)])) };
}

function apiParameter(parameter: HeavyBatchApiParameter, defaultValue: string | undefined): ApiParameter {
  const { valueType, description, allowedValues, pattern, minimum, maximum, minLength, required: isRequired } = parameter;
  return withoutUndefined({
    type: valueType && JSON_TYPES[valueType],
    description,
    enum: allowedValues?.map((text) => numberOrText(text, valueType)),
    pattern,
    minimum,
    maximum,
    minLength,
    maxLength: mostCharacters(parameter),
    default: isRequired || defaultValue === undefined ? undefined : jsonValue(defaultValue, valueType),
    isRequired,
  });
}

/** A value of a parameter, which is a text in AWS Batch, as a request has it. */
function jsonValue(text: string, valueType: HeavyBatchApiValueType | undefined): string | number | boolean {
  return valueType === HeavyBatchApiValueType.BOOLEAN ? text === 'true' : numberOrText(text, valueType);
}

function numberOrText(text: string, valueType: HeavyBatchApiValueType | undefined): string | number {
  return valueType === HeavyBatchApiValueType.INTEGER || valueType === HeavyBatchApiValueType.NUMBER ? Number(text) : text;
}

function withoutUndefined<T extends object>(values: T): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;
}
