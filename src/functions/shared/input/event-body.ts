import { refuse, shown } from './input-fields';
import { isObject, replaceTokens } from '../../../contract/json-text';

/** The fields of the events that have a body. They say nothing about the run, and are ignored. */
export const EVENT_FIELDS: readonly string[] = [
  'isBase64Encoded',
  // A REST API, a WebSocket API, an HTTP API with the format 1.0:
  // https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html#api-gateway-simple-proxy-for-lambda-input-format
  // An Application Load Balancer: https://docs.aws.amazon.com/lambda/latest/dg/services-alb.html
  'resource', 'path', 'httpMethod', 'headers', 'multiValueHeaders', 'queryStringParameters', 'multiValueQueryStringParameters', 'pathParameters', 'stageVariables',
  'requestContext',
  // An HTTP API with the format 2.0: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
  // A function URL: https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
  'version', 'routeKey', 'rawPath', 'rawQueryString', 'cookies',
  // A StepFunctionsRestApi of the CDK: https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_apigateway-readme.html#stepfunctions-integration
  'header', 'querystring', 'authorizer',
  // A message of SQS: https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html, https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-sqs.html
  'messageId', 'receiptHandle', 'attributes', 'messageAttributes', 'md5OfBody', 'md5OfMessageAttributes', 'eventSource', 'eventSourceARN', 'awsRegion',
];

/** The parameters in the body of an event: an object, JSON, or JSON in Base64. */
export function bodyOf({ body, isBase64Encoded = false }: { readonly body?: unknown; readonly isBase64Encoded?: unknown }): unknown {
  if (typeof isBase64Encoded !== 'boolean') refuse('isBase64Encoded', `is ${shown(isBase64Encoded)}; give true or false, without quotes`);
  if (body === undefined || body === null || body === '') return {}; // a request without a body
  if (typeof body === 'string') return exactJson(isBase64Encoded ? fromBase64(body) : body);
  if (isBase64Encoded) refuse('isBase64Encoded', "is true, but 'body' is not text; leave it out");
  return body;
}

function fromBase64(encoded: string): string {
  const bytes = Buffer.from(encoded, 'base64'); // skips what is not Base64
  const unpadded = (base64: string) => base64.replace(/=+$/, '');
  if (unpadded(bytes.toString('base64')) !== unpadded(encoded)) refuse('body', "is not Base64, although 'isBase64Encoded' is true; encode it, or leave 'isBase64Encoded' out");
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return refuse('body', 'is Base64 of bytes that are not text in UTF-8');
  }
}

/**
 * Parses JSON. A number among the values becomes its text, exactly as it is written: a JavaScript number would lose digits of a long one.
 * (The reviver of JSON.parse sees the source of a number, but not in Node.js 20, on which the emulator may run.)
 */
function exactJson(json: string): unknown {
  const parsed = parseJson(json);
  if (!isObject(parsed)) return parsed;
  const names = Object.keys(parsed);
  const values = names.map((name) => parsed[name]);
  if (!values.some((value) => typeof value === 'object')) {
    const members = replaceTokens(json, () => '').split(':').length - 1;
    if (members > names.length) refuse('body', 'has one of its names twice; give each name once');
  }
  const quoted = JSON.parse(replaceTokens(json, (token) => token.startsWith('"') ? token : `"${token}"`)) as Record<string, unknown>;
  return Object.fromEntries(names.map((name, index) => [name, typeof values[index] === 'number' ? quoted[name] : values[index]]));
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return refuse('body', 'is text that is not JSON; give an object of names and values, such as {"name": "value"}');
  }
}
