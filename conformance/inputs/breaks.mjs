// The breaks of the self-test: small mistakes in the sources, and what the suite must say about them.

const FIELDS = 'src/functions/shared/input/input-fields.ts';
const BODY = 'src/functions/shared/input/event-body.ts';
const INPUT = 'src/functions/shared/input/run-input.ts';
const REQUEST = 'src/functions/submit/job-request.ts';

export const BREAKS = {
  'an object is accepted as a text': {
    file: FIELDS, from: "if (typeof value !== 'string') refuse(field, 'is not text, a number or a boolean');", to: 'if (typeof value !== "string") return value as any;', pattern: /is not a text/,
  },
  'NUL is accepted in values': { file: 'src/contract/container-text.ts', from: "if (text.includes('\\0'))", to: 'if (false)', pattern: /NUL/ },
  'any share is accepted': { file: INPUT, from: 'return isShareIdentifier(value) ? value', to: 'return value ? value', pattern: /its share is wrong/ },
  'half of a pair is accepted': { file: 'src/contract/container-text.ts', from: '/\\p{Surrogate}/u.test(text)', to: 'false', pattern: /surrogate/ },
  'jobs have no limit': { file: REQUEST, from: 'return sizeOf(submission) <= SUBMIT_BYTES &&', to: 'return true ||', pattern: /too long/ },
  'a name of a field is a message of any length': { file: FIELDS, from: 'cut(printable(field), FIELD_CHARACTERS)', to: 'printable(field)', pattern: /the message has / },
  'a flag of many levels is written out': { file: BODY, from: 'is ${shown(isBase64Encoded)};', to: 'is ${JSON.stringify(isBase64Encoded)};', pattern: /RangeError/ },
  'the input of a run may be null': { file: INPUT, from: 'if (!isObject(item)) throw', to: 'if (item === undefined) throw', pattern: /TypeError/ },
  'the names of parameters are compared with each other': {
    file: FIELDS,
    from: 'return Object.keys(value).map((name) => [name, value[name]]);',
    to: 'return Object.keys(value).map((name, _, all) => [name, all.some((other) => other === name) ? value[name] : undefined]);',
    pattern: /characters take/,
    tries: 'growth',
  },
  'the id of a job may be anything': {
    file: 'src/functions/check/watch-messages.ts',
    from: "'detail': v.object({ jobId }),",
    to: "'detail': v.object({ jobId: v.any() }),",
    pattern: /read as|DescribeJobs/,
    tries: 'messages',
  },
};
