import * as fc from 'fast-check';
import { InvalidInput, parseRunInput } from '../../../../src/functions/shared/input/run-input';

const limits = { parameters: ['processId', 'count'], maxMemory: 8192, gpus: 1, shareIdentifier: 'default' };
const parse = (input: unknown) => parseRunInput(input, limits);
/** The types of what a run would get, but for texts. Whatever is refused has to be an `InvalidInput`. */
const wrongTypesOf = (input: unknown) => {
  try {
    const { parameters, environment } = parse(input);
    return [...Object.values(parameters), ...Object.values(environment)].map((value) => typeof value).filter((type) => type !== 'string');
  } catch (error) {
    return error instanceof InvalidInput ? [] : [error];
  }
};
const nothing = {
  parameters: {},
  environment: {},
  vcpus: undefined,
  memory: undefined,
  gpus: undefined,
  command: undefined,
  arraySize: undefined,
  shareIdentifier: undefined,
  schedulingPriority: undefined,
};

describe('input that is accepted', () => {
  test.each<[string, unknown, object]>([
    ['nothing at all', {}, {}],
    ['parameters', { parameters: { processId: 'p1' } }, { parameters: { processId: 'p1' } }],
    ['numbers and booleans, as their text', { parameters: { processId: 7, count: true } }, { parameters: { processId: '7', count: 'true' } }],
    ['a body of parameters', { body: { processId: 'p1' } }, { parameters: { processId: 'p1' } }],
    ['a body of JSON, beside the other fields of an API Gateway event', { body: '{"processId":"p1"}', headers: { a: 'b' }, path: '/' }, { parameters: { processId: 'p1' } }],
    ['a body in base 64', { body: Buffer.from('{"processId":"p1"}').toString('base64'), isBase64Encoded: true }, { parameters: { processId: 'p1' } }],
    ['no body', { body: null }, {}],
    ['an empty body', { body: '' }, {}],
    ['resources', { containerOverrides: { vcpus: 2, memory: 2000 } }, { vcpus: 2, memory: 2000 }],
    ['a list of one input, from EventBridge Pipes', [{ parameters: { processId: 'p1' } }], { parameters: { processId: 'p1' } }],
    ['a body beside the fields of an event of SQS', { body: '{"processId":"p1"}', messageId: 'm', attributes: {}, eventSource: 'aws:sqs' }, { parameters: { processId: 'p1' } }],
    ['a body beside the fields of an HTTP API', { body: '{}', version: '2.0', routeKey: '$default', rawPath: '/', cookies: [] }, {}],
    ['a body beside the fields of a StepFunctionsRestApi', { body: {}, path: {}, querystring: {}, header: {}, authorizer: {}, requestContext: {} }, {}],
    ['GPUs', { containerOverrides: { gpus: 4 } }, { gpus: 4 }],
    ['environment and command', { containerOverrides: { environment: { A: 1 }, command: ['ls'] } }, { environment: { A: '1' }, command: ['ls'] }],
    ['an array', { arraySize: 10_000 }, { arraySize: 10_000 }],
    ['a share and a priority', { shareIdentifier: 'reports', schedulingPriority: 9_999 }, { shareIdentifier: 'reports', schedulingPriority: 9_999 }],
    ['the field that a parent workflow adds', { AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: 'arn' }, {}],
  ])('%s', (_, input, expected) => {
    expect(parse(input)).toEqual({ ...nothing, ...expected });
  });
});

describe('input that is refused, with the name of the wrong field', () => {
  test.each<[unknown, RegExp]>([
    [undefined, /the input is a undefined, not an object/],
    [null, /the input is null, not an object/],
    ['text', /the input is a string, not an object/],
    [[], /the input is a list of 0 items, but a run has one; set the batch size of the pipe to 1/],
    [[{}, {}], /the input is a list of 2 items, but a run has one; set the batch size of the pipe to 1/],
    [[[]], /the input is a list, not an object/],
    [{ paramters: {} }, /'paramters' is not a field of a run's input; the fields are parameters, containerOverrides, arraySize/],
    [{ parameters: 1 }, /'parameters' is/],
    [{ parameters: { processId: null } }, /'parameters.processId' is not text, a number or a boolean/],
    [{ parameters: { procesId: 'x' } }, /'parameters.procesId' is not a parameter of this job; it takes processId, count/],
    [{ body: 'not json' }, /'body' is text that is not JSON/],
    [{ body: '[]' }, /'body' is/],
    [{ body: 'null' }, /'body' is not an object/],
    [{ body: '{"count":1,"count":2}' }, /'body' has one of its names twice; give each name once/],
    [{ body: '{"count":[1]}' }, /'body.count' is not text, a number or a boolean/],
    [{ body: {}, parameters: {} }, /'parameters' is given together with 'body', which has the parameters too; give one of them/],
    [{ body: {}, containerOverride: {} }, /'containerOverride' is not a field of a run's input; the fields are body, containerOverrides, arraySize, shareIdentifier, schedulingPriority/],
    [{ body: {}, isBase64Encoded: 'true' }, /'isBase64Encoded' is "true"; give true or false, without quotes/],
    [{ body: {}, isBase64Encoded: true }, /'isBase64Encoded' is true, but 'body' is not text/],
    [{ body: '{"count":1}', isBase64Encoded: true }, /'body' is not Base64, although 'isBase64Encoded' is true/],
    [{ body: Buffer.from([0x7b, 0xff, 0x7d]).toString('base64'), isBase64Encoded: true }, /'body' is Base64 of bytes that are not text in UTF-8/],
    [{ containerOverrides: [] }, /'containerOverrides' is a list, not an object/],
    [{ containerOverrides: { memory: 40_000_000 } }, /'containerOverrides.memory' is more than any instance type has: it is 40000000/],
    [{ containerOverrides: { vcpus: 2_000 } }, /'containerOverrides.vcpus' is more than any instance type has: it is 2000/],
    [{ containerOverrides: { vcpus: 1.5 } }, /'containerOverrides.vcpus' is 1.5, but this job runs on instances, where AWS Batch has whole vCPUs only; give 2/],
    [{ containerOverrides: { command: ['run', ''] } }, /'containerOverrides.command.1' is empty, and AWS Batch accepts no empty words/],
    [{ containerOverrides: { command: ['run', '-Ref::other'] } }, /'containerOverrides.command' refers to Ref::other, which is not a parameter of this job; leave it out, or/],
    [{ containerOverrides: { command: ['a\0'] } }, /'containerOverrides.command.0' has a NUL character/],
    [{ containerOverrides: { environment: { MODE: '' } } }, /'containerOverrides.environment.MODE' is empty, and AWS Batch ignores a variable without a value/],
    [{ containerOverrides: { environment: { '': 'x' } } }, /'containerOverrides.environment.' is not a name for an environment variable; use characters other than '=' and NUL/],
    [{ containerOverrides: { environment: { 'A=B': 'x' } } }, /'containerOverrides.environment.A=B' is not a name/],
    [{ containerOverrides: { environment: { 'A\0': 'x' } } }, /'containerOverrides.environment.A\\u0000' is not a name/],
    [{ containerOverrides: { environment: { A: 'x\0' } } }, /'containerOverrides.environment.A' has a NUL character/],
    [{ parameters: { processId: 'a\0b' } }, /'parameters.processId' has a NUL character, which no container can receive; leave it out/],
    [{ parameters: { processId: 'a\ud800b' } }, /'parameters.processId' has half of a surrogate pair/],
    [{ containerOverrides: { memory: '2000' } }, /'containerOverrides.memory' is not a number of MiB/],
    [{ containerOverrides: { memory: 3 } }, /'containerOverrides.memory' is less than 4 MiB/],
    [{ containerOverrides: { memory: 4.5 } }, /'containerOverrides.memory' is not a whole number of MiB/],
    [{ containerOverrides: { memory: 9000 } }, /'containerOverrides.memory' is 9000 MiB, more than this job's 'maxMemory', 8192 MiB/],
    [{ containerOverrides: { vcpus: 0 } }, /'containerOverrides.vcpus' is not more than 0/],
    [{ containerOverrides: { cpus: 1 } }, /'containerOverrides.cpus' is not a field .* vcpus, memory, gpus, environment, command/],
    [{ containerOverrides: { gpus: 0 } }, /'containerOverrides.gpus' is less than 1/],
    [{ containerOverrides: { gpus: 1.5 } }, /'containerOverrides.gpus' is not a whole number/],
    [{ containerOverrides: { gpus: '1' } }, /'containerOverrides.gpus' is not a number/],
    [{ containerOverrides: { environment: { AWS_BATCH_X: '1' } } }, /AWS_BATCH/],
    [{ containerOverrides: { environment: { HEAVY_BATCH_RUN_ID: '1' } } }, /HEAVY_BATCH_/],
    [{ shareIdentifier: 'a-b' }, /'shareIdentifier' is not 1 to 255 letters and digits/],
    [{ shareIdentifier: '' }, /'shareIdentifier' is not 1 to 255 letters and digits/],
    [{ shareIdentifier: 7 }, /'shareIdentifier' is not text/],
    [{ schedulingPriority: 10_000 }, /'schedulingPriority' is more than 9,999/],
    [{ schedulingPriority: -1 }, /'schedulingPriority' is less than 0/],
    [{ schedulingPriority: 1.5 }, /'schedulingPriority' is not a whole number/],
    [{ containerOverrides: { command: [] } }, /'containerOverrides.command' is empty/],
    [{ containerOverrides: { command: 'ls' } }, /'containerOverrides.command' is not a list of words/],
    [{ arraySize: 1 }, /'arraySize' is less than 2/],
    [{ arraySize: 10_001 }, /'arraySize' is more than 10,000/],
  ])('%j', (input, message) => {
    expect(() => parse(input)).toThrow(InvalidInput);
    expect(() => parse(input)).toThrow(message);
  });

  test('GPUs of a job without GPUs', () => {
    expect(() => parseRunInput({ containerOverrides: { gpus: 1 } }, { parameters: [] })).toThrow(/'containerOverrides.gpus' is 1, but this job has no GPU/);
  });

  test.each([[{ shareIdentifier: 'a' }, 'a'], [{ schedulingPriority: 1 }, 1]])('%j of a job whose queue has no fair-share policy', (input, value) => {
    const [field] = Object.keys(input);
    expect(() => parseRunInput(input, { parameters: [] })).toThrow(`'${field}' is ${value}, but this job's queue has no fair-share policy`);
  });

  test('an array of a multi-node job', () => {
    expect(() => parseRunInput({ arraySize: 2 }, { parameters: [], nodes: 4 })).toThrow("'arraySize' is 2, but this job has 4 nodes");
  });

  test('a fraction of a vCPU is accepted on Fargate only', () => {
    expect(parseRunInput({ containerOverrides: { vcpus: 0.25 } }, { parameters: [], fargate: true }).vcpus).toBe(0.25);
  });

  test('a parameter of a job without parameters', () => {
    expect(() => parseRunInput({ parameters: { a: '1' } }, { parameters: [] })).toThrow(/which has no parameters; write Ref::a into the job's 'command'/);
  });
});

describe('a number is passed on as it was written, or refused', () => {
  test.each<[string, string]>([
    ['0', '0'], ['7', '7'], ['-12', '-12'], ['1.5', '1.5'], ['-0.000001', '-0.000001'], ['9007199254740991', '9007199254740991'], ['-9007199254740991', '-9007199254740991'],
    ['0.123456789012345', '0.123456789012345'], ['123456789.012345', '123456789.012345'],
  ])('%s is passed on', (json, passedOn) => {
    expect(parse(JSON.parse(`{"parameters":{"count":${json}}}`)).parameters).toEqual({ count: passedOn });
    expect(parse(JSON.parse(`{"containerOverrides":{"environment":{"N":${json}}}}`)).environment).toEqual({ N: passedOn });
  });

  test.each([
    ['616581622363398142', '616581622363398100'], ['9007199254740992', '9007199254740992'], ['-9007199254740992', '-9007199254740992'], ['1e21', '1e+21'], ['1e-7', '1e-7'],
    ['0.0000001', '1e-7'], ['0.12345678901234567', '0.12345678901234566'], ['1234567890.1234567', '1234567890.1234567'], ['-0', '-0'], ['1e400', 'Infinity'],
  ])('%s is refused with its value', (json, shown) => {
    const message = `'parameters.count' is the number ${shown}, which may have been written in another way; quote it, so that it is passed on as it is`;
    expect(() => parse(JSON.parse(`{"parameters":{"count":${json}}}`))).toThrow(new InvalidInput(message));
  });

  test.each(['616581622363398142', '1.0', '1.50', '-0', '1e3', '1E-7', '0.1000000000000000055511151231257827'])('%s in a body of JSON is passed on exactly', (json) => {
    const body = `{"processId": ${json}, "count": "\\"${json}\\\\ :${json}"}`;
    const expected = { processId: json, count: `"${json}\\ :${json}` };
    expect(parse({ body }).parameters).toEqual(expected);
    expect(parse({ body: Buffer.from(body).toString('base64').replace(/=+$/, ''), isBase64Encoded: true }).parameters).toEqual(expected);
  });

  test('any JSON number in a body is passed on exactly, beside any text', () => {
    const digits = fc.stringMatching(/^-?(0|[1-9]\d{0,30})(\.\d{1,30})?([eE][+-]?\d{1,3})?$/);
    fc.assert(fc.property(digits, fc.string({ unit: 'grapheme' }).filter((value) => !value.includes('\0') && value !== ''), (number, text) => {
      expect(parse({ body: `{"count":${number},"processId":${JSON.stringify(text)}}` }).parameters).toEqual({ count: number, processId: text });
    }), { numRuns: 500 });
  });

  test('a number that is passed on is the number that was written', () => {
    const decimal = fc.tuple(fc.bigInt({ min: -(10n ** 22n), max: 10n ** 22n }), fc.nat({ max: 25 })).map(([digits, scale]) => {
      const all = String(digits < 0n ? -digits : digits).padStart(scale + 1, '0');
      return `${digits < 0n ? '-' : ''}${all.slice(0, all.length - scale)}${scale > 0 ? `.${all.slice(all.length - scale).replace(/0*$/, '1')}` : ''}`;
    });
    const read = (written: string) => {
      try {
        return parse(JSON.parse(`{"parameters":{"count":${written}}}`)).parameters.count;
      } catch (error) {
        return error;
      }
    };
    const digitsOf = (written: string) => written.replace(/\D/g, '').length;
    // JavaScript writes such a number without an exponent.
    fc.assert(fc.property(decimal.filter((written) => digitsOf(written) <= 15 && !/^-?0(\.0{6}|$)/.test(written)), (written) => {
      expect(read(written)).toBe(written);
    }), { numRuns: 1_000 });
    // More than 15 digits may round to a number of few digits, which looks as if it had been written so.
    fc.assert(fc.property(decimal.filter((written) => digitsOf(written) > 15), (written) => {
      const answer = read(written);
      expect(answer instanceof InvalidInput ? String(Number(written)) : answer).toBe(String(Number(written)));
    }), { numRuns: 1_000 });
  });
});

describe('names that objects have already', () => {
  const NAMES = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf'];

  test.each(NAMES)('%s is passed on as a parameter and as an environment variable, and is refused elsewhere', (name) => {
    const named = `{"${name}":"x"}`;
    const own = { ...limits, parameters: [name] };
    expect(Object.entries(parseRunInput(JSON.parse(`{"parameters":${named}}`), own).parameters)).toEqual([[name, 'x']]);
    expect(Object.entries(parseRunInput({ body: named }, own).parameters)).toEqual([[name, 'x']]);
    expect(Object.entries(parse(JSON.parse(`{"containerOverrides":{"environment":${named}}}`)).environment)).toEqual([[name, 'x']]);
    for (const [input, field] of [[named, name], [`{"containerOverrides":${named}}`, `containerOverrides.${name}`], [`{"body":{},"${name}":"x"}`, name]]) {
      expect(() => parse(JSON.parse(input))).toThrow(`'${field}' is not a field of a run's input`);
    }
    for (const input of [{ parameters: JSON.parse(named) }, { body: named }]) expect(() => parse(input)).toThrow(`'parameters.${name}' is not a parameter of this job`);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });
});

describe('a parameter without a value', () => {
  const command = ['run', '--id=Ref::processId', 'Ref::count'];

  test('is passed on where it is a part of a word', () => {
    const defaults = { processId: '1', count: '1' };
    expect(parseRunInput({ parameters: { processId: '' } }, { ...limits, command, defaults }).parameters).toEqual({ processId: '' });
  });

  test.each<[string, object, object]>([
    ['the command of the job', { parameters: { count: '' } }, {}],
    ['its own command', { parameters: { count: '' }, containerOverrides: { command: ['Ref::count'] } }, {}],
    ['its own command, through a default', { containerOverrides: { command: ['Ref::count'] } }, { defaults: { count: '' } }],
  ])('is refused where it would be a whole word of %s', (_, input, more) => {
    expect(() => parseRunInput(input, { ...limits, command, ...more }))
      .toThrow("'parameters.count' is empty, and so would be Ref::count, a word of the command, and AWS Batch accepts no empty words; give it a value that stands for nothing");
  });
});

describe('a size that no instance of the job can hold', () => {
  const sizes = [{ vcpus: 16, memory: 32_736 }, { vcpus: 8, memory: 65_504 }, { vcpus: 4, memory: 15_000, gpus: 1 }];
  const own = { parameters: [], vcpus: 1, memory: 1024, gpus: 1, sizes };
  const largest = 'the largest hold 16 vCPUs with 32736 MiB, or 8 vCPUs with 65504 MiB, or 4 vCPUs with 15000 MiB and 1 GPU';

  test.each<[object, string]>([
    [{ vcpus: 17 }, "'containerOverrides.vcpus' is 17, but no instance of this job has more than 16 for a container; give 16 or less"],
    [{ memory: 65_505 }, "'containerOverrides.memory' is 65505 MiB, but no instance of this job has more than 65504 for a container; give 65504 or less"],
    [{ gpus: 2 }, "'containerOverrides.gpus' is 2, but no instance of this job has more than 1 for a container; give 1 or less"],
    [{ vcpus: 8 }, `'containerOverrides' makes a container of 8 vCPUs with 1024 MiB and 1 GPU, which no instance of this job can hold; ${largest}`],
    [{ memory: 15_001 }, `'containerOverrides' makes a container of 1 vCPU with 15001 MiB and 1 GPU, which no instance of this job can hold; ${largest}`],
  ])('%j is refused with the largest one', (containerOverrides, message) => {
    expect(() => parseRunInput({ containerOverrides }, own)).toThrow(new InvalidInput(message));
  });

  test('is refused together with the default memory', () => {
    expect(() => parseRunInput({ containerOverrides: { vcpus: 16 } }, { ...own, gpus: undefined, memory: 40_000 }))
      .toThrow("'containerOverrides' makes a container of 16 vCPUs with 40000 MiB, which no instance of this job can hold");
  });

  test.each<[object, object]>([
    [{ vcpus: 4, memory: 15_000 }, {}],
    [{ vcpus: 16, memory: 32_736 }, { gpus: undefined }],
    [{ memory: 65_504 }, { gpus: undefined, vcpus: 8 }],
    [{ vcpus: 1_024 }, { sizes: undefined }],
  ])('%j fits', (containerOverrides, more) => {
    expect(parseRunInput({ containerOverrides }, { ...own, ...more })).toMatchObject(containerOverrides);
  });

  test('more vCPUs than the compute has are refused', () => {
    expect(() => parseRunInput({ containerOverrides: { vcpus: 32 } }, { parameters: [], maxvCpus: 16 }))
      .toThrow("'containerOverrides.vcpus' is 32, but the job's compute has 16 vCPUs; give 16 or less");
    expect(() => parseRunInput({ containerOverrides: { vcpus: 8 } }, { parameters: [], maxvCpus: 16, nodes: 4 }))
      .toThrow("'containerOverrides.vcpus' is 8 on each of 4 nodes, but the job's compute has 16 vCPUs; give 4 or less");
    expect(parseRunInput({ containerOverrides: { vcpus: 4 } }, { parameters: [], maxvCpus: 16, nodes: 4 }).vcpus).toBe(4);
  });
});

test('any JSON is accepted, or refused as InvalidInput', () => {
  fc.assert(fc.property(fc.oneof(fc.jsonValue(), fc.record({
    parameters: fc.jsonValue(),
    body: fc.option(fc.oneof(fc.jsonValue(), fc.json()), { nil: undefined }),
    containerOverrides: fc.oneof(
      fc.jsonValue(),
      fc.record({ vcpus: fc.jsonValue(), memory: fc.jsonValue(), environment: fc.jsonValue() }, { requiredKeys: [] }),
    ),
    arraySize: fc.jsonValue(),
  }, { requiredKeys: [] })), (input) => {
    expect(wrongTypesOf(input)).toEqual([]);
  }), { numRuns: 2_000 });
});

test.each<[unknown, string]>([
  [{ containerOverrides: { memory: 3 } }, "'containerOverrides.memory' is less than 4 MiB, the least that AWS Batch accepts: it is 3"],
  [{ containerOverrides: { memory: 4.5 } }, "'containerOverrides.memory' is not a whole number of MiB: it is 4.5"],
  [{ containerOverrides: { memory: '1' } }, "'containerOverrides.memory' is not a number of MiB"],
  [{ containerOverrides: { gpus: 0 } }, "'containerOverrides.gpus' is less than 1: it is 0"],
  [{ containerOverrides: { gpus: 17 } }, "'containerOverrides.gpus' is more than any instance type has: it is 17"],
  [{ containerOverrides: { gpus: '1' } }, "'containerOverrides.gpus' is not a number"],
  [{ containerOverrides: { vcpus: '1' } }, "'containerOverrides.vcpus' is not a number"],
  [{ containerOverrides: { vcpus: 0 } }, "'containerOverrides.vcpus' is not more than 0: it is 0"],
  [{ arraySize: 10_001 }, "'arraySize' is more than 10,000: it is 10001"],
  [{ containerOverrides: { command: [] } }, "'containerOverrides.command' is empty; give it a word, or leave it out"],
  [{ containerOverrides: { command: [1] } }, "'containerOverrides.command.0' is not text"],
  [{ containerOverrides: { environment: [] } }, "'containerOverrides.environment' is not an object of names and values"],
  [{ parameters: { a: -0 } }, "'parameters.a' is the number -0, which may have been written in another way; quote it, so that it is passed on as it is"],
  [{ parameters: { b: 'x' } }, "'parameters.b' is not a parameter of this job; it takes a"],
  [[], 'the input is a list of 0 items, but a run has one; set the batch size of the pipe to 1'],
  [[{}, {}], 'the input is a list of 2 items, but a run has one; set the batch size of the pipe to 1'],
  [null, 'the input is null, not an object such as {"parameters": {...}}'],
  ['a', 'the input is a string, not an object such as {"parameters": {...}}'],
  [[[]], 'the input is a list, not an object such as {"parameters": {...}}'],
])('%j is refused in full sentences', (input, message) => {
  expect(() => parseRunInput(input, { parameters: ['a'], gpus: 1 })).toThrow(expect.objectContaining({ name: 'InvalidInput', message, stack: `InvalidInput: ${message}` }));
});

test('a parameter of a job without parameters is refused with how to add one', () => {
  expect(() => parseRunInput({ parameters: { a: 'x' } }, { parameters: [] }))
    .toThrow("'parameters.a' is not a parameter of this job, which has no parameters; write Ref::a into the job's 'command' to add it");
});

test.each<[unknown, string]>([
  [1, '1'], [-1.5, '-1.5'], [0, '0'], [100, '100'], [0.000001, '0.000001'], [9007199254740991, '9007199254740991'], [123456789.123456, '123456789.123456'], [-0.00123456789012345, '-0.00123456789012345'],
  [true, 'true'], [false, 'false'],
])('the value %j becomes the text %j', (value, text) => {
  expect(parseRunInput({ parameters: { a: value } }, { parameters: ['a'] }).parameters.a).toBe(text);
});

test.each([9007199254740992, 1e21, 1e-7, -0, 1234567890.1234567])('the number %j may have been written in another way', (value) => {
  expect(() => parseRunInput({ parameters: { a: value } }, { parameters: ['a'] })).toThrow(/quote it/);
});

describe('an error about an input is short, on one line, and can be printed', () => {
  const job = { parameters: ['a', 'b'], defaults: { b: '' } };
  const messageOf = (input: unknown) => {
    try {
      return JSON.stringify(parseRunInput(input, job));
    } catch (error) {
      return error instanceof InvalidInput ? error.message : `not InvalidInput: ${error}`;
    }
  };
  const levels: unknown = JSON.parse('['.repeat(50_000) + ']'.repeat(50_000));

  test.each<[string, unknown, RegExp]>([
    ['a field with a long name', { ['k'.repeat(100_000)]: 1 }, /^'k{256}…' is not a field of a run's input; /],
    ['a field whose name has no printable character', { ['\0'.repeat(100_000)]: 1 }, /^'[\\u0]{256}…' is not a field of a run's input; /],
    ['a flag of many levels', { body: '{}', isBase64Encoded: levels }, /^'isBase64Encoded' is a list; give true or false, without quotes$/],
    ['a flag that is a long text', { body: '{}', isBase64Encoded: 'true'.repeat(10_000) }, /^'isBase64Encoded' is "(true){63}\w*…; give true or false, without quotes$/],
    ['a reference to a long name', { containerOverrides: { command: [`Ref::${'k'.repeat(100_000)}`] } }, /^'containerOverrides.command' refers to Ref::k+…$/],
    ['the title of a terminal', { parameters: { b: '' }, containerOverrides: { command: ['\u001b]0;title\u0007', 'Ref::b'] } }, /^'parameters.b' is empty, /],
    ['the control characters of a parameter', { parameters: { 'a\u001b[2J\u202e': 1 } }, /^'parameters\.a\\u001b\[2J\\u\{202e\}' is not a parameter of this job; it takes a, b$/],
    ['half of a pair', { parameters: { '\ud83d': 1 } }, /^'parameters\.\\ud83d' is not a parameter of this job; /],
  ])('for %s', (_, input, expected) => {
    const message = messageOf(input);
    expect(message).toMatch(expected);
    expect(message.length).toBeLessThan(2_500);
    expect(message).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
  });
});
