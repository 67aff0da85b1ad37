import { bodyOf } from '../../../../src/functions/shared/input/event-body';
import { parseRunInput } from '../../../../src/functions/shared/input/run-input';

const parametersOf = (event: object) => parseRunInput(event, { parameters: ['a'] }).parameters;

// From AWS's documentation; the links are in src/functions/shared/input/event-body.ts.
test.each<[string, string[]]>([
  ['a REST API or a load balancer', ['resource', 'path', 'httpMethod', 'headers', 'multiValueHeaders', 'queryStringParameters', 'multiValueQueryStringParameters', 'pathParameters', 'stageVariables', 'requestContext', 'isBase64Encoded']],
  ['an HTTP API or a function URL', ['version', 'routeKey', 'rawPath', 'rawQueryString', 'cookies', 'headers', 'queryStringParameters', 'requestContext', 'pathParameters', 'isBase64Encoded', 'stageVariables']],
  ['a StepFunctionsRestApi', ['header', 'path', 'querystring', 'requestContext', 'authorizer']],
  ['SQS, by a pipe', ['messageId', 'receiptHandle', 'attributes', 'messageAttributes', 'md5OfBody', 'md5OfMessageAttributes', 'eventSource', 'eventSourceARN', 'awsRegion']],
])('the event of %s hands over its body, and its other fields say nothing', (_, fields) => {
  const others = Object.fromEntries(fields.map((field) => [field, field === 'isBase64Encoded' ? false : 'any']));
  expect(parametersOf({ ...others, body: '{"a":"1"}' })).toEqual({ a: '1' });
});

test.each([undefined, null, ''])('a request with the body %j has no parameters', (body) => {
  expect(bodyOf({ body })).toEqual({});
  expect(bodyOf({ body, isBase64Encoded: true })).toEqual({});
});

test.each<[string, object, unknown]>([
  ['an object', { body: { a: 1 } }, { a: 1 }],
  ['JSON', { body: '{"a":"b"}' }, { a: 'b' }],
  ['Base64 with padding', { body: Buffer.from('{"a":"é"}').toString('base64'), isBase64Encoded: true }, { a: 'é' }],
  ['Base64 without padding', { body: Buffer.from('{"a":"é"}').toString('base64').replace(/=+$/, ''), isBase64Encoded: true }, { a: 'é' }],
  ['numbers, exactly as they are written', { body: '{"a":1.50,"b":-0,"c":12345678901234567890,"d":1e3}' }, { a: '1.50', b: '-0', c: '12345678901234567890', d: '1e3' }],
  ['values that are no numbers, unchanged', { body: '{"a":true,"b":null,"c":["1"],"d":"1"}' }, { a: true, b: null, c: ['1'], d: '1' }],
  ['JSON that is no object', { body: '[1]' }, [1]],
])('a body that is %s', (_, event, expected) => {
  expect(bodyOf(event)).toEqual(expected);
});

test.each<[string, object, string]>([
  ['a flag that is text', { body: '{}', isBase64Encoded: 'true' }, '\'isBase64Encoded\' is "true"; give true or false, without quotes'],
  ['a flag that is null', { body: '', isBase64Encoded: null }, "'isBase64Encoded' is null; give true or false, without quotes"],
  ['an object that is said to be Base64', { body: {}, isBase64Encoded: true }, "'isBase64Encoded' is true, but 'body' is not text; leave it out"],
  ['text that is not Base64', { body: '{"a":1}', isBase64Encoded: true }, "'body' is not Base64, although 'isBase64Encoded' is true; encode it, or leave 'isBase64Encoded' out"],
  ['Base64 with something behind it', { body: 'e30=!', isBase64Encoded: true }, "'body' is not Base64, although 'isBase64Encoded' is true; encode it, or leave 'isBase64Encoded' out"],
  ['Base64 of bytes', { body: '/////w==', isBase64Encoded: true }, "'body' is Base64 of bytes that are not text in UTF-8"],
  ['a name twice', { body: '{"a":"1","a":"2"}' }, "'body' has one of its names twice; give each name once"],
  ['a name twice with a colon in its value', { body: '{"a":":","a":":"}' }, "'body' has one of its names twice; give each name once"],
  ['no JSON', { body: 'a=1' }, '\'body\' is text that is not JSON; give an object of names and values, such as {"name": "value"}'],
])('a body with %s is refused', (_, event, message) => {
  expect(() => bodyOf(event)).toThrow(expect.objectContaining({ name: 'InvalidInput', message }));
});

test('colons in a value are no second name', () => {
  expect(bodyOf({ body: '{"a":"b:c","d":"e:f"}' })).toEqual({ a: 'b:c', d: 'e:f' });
});

test('a list in the values makes no text of a number in it', () => {
  expect(bodyOf({ body: '{"a":[1,2],"b":3}' })).toEqual({ a: [1, 2], b: '3' });
});
