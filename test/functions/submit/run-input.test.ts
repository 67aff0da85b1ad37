import * as fc from 'fast-check';
import { InvalidInput, parseRunInput } from '../../../src/functions/submit/run-input';

const limits = { parameters: ['processId', 'count'], maxMemory: 8192, gpus: 1, shareIdentifier: 'default' };
const parse = (input: unknown) => parseRunInput(input, limits);
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
    ['resources', { containerOverrides: { vcpus: 2, memory: 2000 } }, { vcpus: 2, memory: 2000 }],
    ['a fraction of a vCPU', { containerOverrides: { vcpus: 0.25 } }, { vcpus: 0.25 }],
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
    [[], /the input is a list, not an object/],
    [{ paramters: {} }, /'paramters' is not a field of a run's input; the fields are parameters, containerOverrides, arraySize/],
    [{ parameters: 1 }, /'parameters' is/],
    [{ parameters: { processId: null } }, /'parameters.processId' is not text, a number or a boolean/],
    [{ parameters: { procesId: 'x' } }, /'parameters.procesId' is not a parameter of this job; it takes processId, count/],
    [{ body: 'not json' }, /'body' is text that is not JSON/],
    [{ body: '[]' }, /'body' is/],
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

  test('a parameter of a job without parameters', () => {
    expect(() => parseRunInput({ parameters: { a: '1' } }, { parameters: [] })).toThrow(/which has no parameters; write Ref::a into the job's 'command'/);
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
    try {
      const { parameters, environment } = parse(input);
      for (const value of [...Object.values(parameters), ...Object.values(environment)]) expect(typeof value).toBe('string');
    } catch (error) {
      expect((error as Error).name).toBe('InvalidInput');
    }
  }), { numRuns: 2_000 });
});
