import * as fs from 'fs';
import * as path from 'path';
import * as fc from 'fast-check';
import { UsageError } from '../../cli/errors';
import { inputOf } from '../../cli/run-input';
import { temporary } from '../emulator/apps';

const accepts = (number: string) => inputOf({ input: `{"parameters":{"a":${number}}}` });

test.each(['0', '-0', '1.50', '15e-1', '1e3', '9007199254740992', '0.1', '-12.25', '1e21', '0.0000001'])('%s keeps its digits', (number) => {
  expect(accepts(number)).toEqual({ parameters: { a: Number(number) } });
});

test.each(['616581622363398142', '9007199254740993', '0.1000000000000000055', '1e400', '1e-400'])('%s loses digits, and is refused', (number) => {
  expect(() => accepts(number)).toThrow(`--input has the number ${number}, which JavaScript reads as ${Number(number)}; quote it, so that it is passed on as it is`);
});

test('any number that JavaScript writes is accepted, and text that looks like a number is no number', () => {
  fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => { accepts(String(number)); }));
  fc.assert(fc.property(fc.bigInt(), fc.string(), (digits, text) => {
    const input = { parameters: { a: `${text}${digits}`, [`"${digits}`]: '\\' } };
    expect(inputOf({ input: JSON.stringify(input) })).toEqual(input);
  }));
});

test('parameters of the command line take the place of those of the input, whatever their names are', () => {
  const merged = inputOf({ input: '{"parameters":{"a":"1","__proto__":"2"},"arraySize":2}', param: ['a=3=4', 'constructor=5', '__proto__=6', 'b-2='] }) as { parameters: object };
  expect(Object.entries(merged.parameters)).toEqual([['a', '3=4'], ['__proto__', '6'], ['constructor', '5'], ['b-2', '']]);
  expect(merged).toMatchObject({ arraySize: 2 });
});

test('a parameter cannot be added to parameters that are no object', () => {
  expect(() => inputOf({ input: '{"parameters":"text"}', param: ['a=1'] })).toThrow("--param cannot be added to the 'parameters' of --input");
});

test.each(['a.b', 'a b', 'é', '$', '"a"'])('%s is not a name of a parameter', (name) => {
  expect(() => inputOf({ param: [`${name}=1`] })).toThrow(new UsageError(`--param ${name} is not a name of a parameter; use letters, digits, hyphens and underscores`));
});

test('a file with the input may begin with a byte order mark', () => {
  const input = path.join(temporary(), 'input.json');
  fs.writeFileSync(input, '\ufeff{"arraySize":2}');
  expect(inputOf({ input })).toEqual({ arraySize: 2 });
});

test('an input over 256 KiB is refused, however it is made', () => {
  expect(() => inputOf({ param: [`a=${'x'.repeat(262_144)}`] })).toThrow('and Step Functions accepts 262144 (256 KiB); put long values into a file that the job reads');
});
