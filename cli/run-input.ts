import * as fs from 'node:fs';
import { UsageError } from './errors';
import { isFile, pairsOf, RunOptions } from './run-options';
import { LARGEST_PAYLOAD } from '../emulator/states/payload';
import { isObject, numbersIn } from '../src/contract/json-text';

/** The input of the run: `--input`, with the parameters from `--param` in place of its own. */
export function inputOf({ input, param = [] }: Pick<RunOptions, 'input' | 'param'>): unknown {
  const given = input === undefined ? {} : readInput(input);
  const merged = param.length === 0 ? given : withParameters(given, parametersOf(param));
  validateLength(merged);
  return merged;
}

/** A command refers to a parameter with `Ref::name`: https://docs.aws.amazon.com/batch/latest/userguide/job_definition_parameters.html#parameters */
function parametersOf(param: string[]): Record<string, string> {
  const parameters = pairsOf('--param', 'name=value', param);
  const wrong = Object.keys(parameters).find((name) => !/^[\w-]+$/.test(name));
  if (wrong !== undefined) throw new UsageError(`--param ${shortened(wrong)} is not a name of a parameter; use letters, digits, hyphens and underscores`);
  return parameters;
}

function withParameters(input: unknown, parameters: Record<string, string>): unknown {
  if (!isObject(input)) throw new UsageError('--param needs an --input that is an object, such as {"arraySize": 2}; leave out one of them');
  const { parameters: own = {} } = input;
  if (!isObject(own)) throw new UsageError("--param cannot be added to the 'parameters' of --input, which are not an object of names and values; leave out one of them");
  return { ...input, parameters: { ...own, ...parameters } };
}

function readInput(input: string): unknown {
  const isJson = /^\s*[[{"]/.test(input);
  if (!isJson && !isFile(input)) throw new UsageError(`--input ${shortened(input)} is neither JSON nor a file`);
  const name = isJson ? '--input' : `--input ${input}`;
  const json = isJson ? input : readText(input, name);
  const value = parse(json, name);
  refuseLostDigits(json, name);
  return value;
}

function readText(file: string, name: string): string {
  let bytes: Buffer;
  try {
    bytes = fs.readFileSync(file);
  } catch (error) {
    throw new UsageError(`${name} cannot be read: ${(error as Error).message}`);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UsageError(`${name} is not text in UTF-8; save it as UTF-8`);
  }
}

function parse(json: string, name: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new UsageError(`${name} is not JSON: ${shortened((error as Error).message)}`);
  }
}

/** Refuses a number that JavaScript changes when it reads it. The submit function would see only what is left of it. */
function refuseLostDigits(json: string, name: string): void {
  const changed = numbersIn(json).find((number) => digitsOf(number) !== digitsOf(String(Number(number))));
  if (changed !== undefined) throw new UsageError(`${name} has the number ${shortened(changed)}, which JavaScript reads as ${Number(changed)}; quote it, so that it is passed on as it is`);
}

/** The significant digits of a number and their place, so that 1.50, 1.5 and 15e-1 are the same. */
function digitsOf(number: string): string {
  const [mantissa, exponent = '0'] = number.toLowerCase().split('e');
  const [whole, fraction = ''] = mantissa.replace('-', '').split('.');
  const digits = (whole + fraction).replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  return significant === '' ? '0' : `${significant}e${Number(exponent) - fraction.length + digits.length - significant.length}`;
}

/** Step Functions counts bytes of UTF-8: https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html */
function validateLength(input: unknown): void {
  let bytes: number;
  try {
    bytes = Buffer.byteLength(JSON.stringify(input));
  } catch {
    throw new UsageError('the input is nested too deeply; give an object such as {"parameters": {...}}');
  }
  if (bytes > LARGEST_PAYLOAD) {
    throw new UsageError(`the input has ${bytes} bytes, and Step Functions accepts ${LARGEST_PAYLOAD} (256 KiB); put long values into a file that the job reads, such as an object in S3`);
  }
}

/** A message with a long text is no help. */
function shortened(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}...` : text;
}
