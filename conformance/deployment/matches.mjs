// Compares a property of a template with what a service returned.
import { isDeepStrictEqual } from 'node:util';
import { ACCOUNT, REGION } from '../moto/server.mjs';

const PSEUDO_PARAMETERS = { 'AWS::AccountId': ACCOUNT, 'AWS::Region': REGION, 'AWS::Partition': 'aws', 'AWS::URLSuffix': 'amazonaws.com' };

/**
 * Where the returned value does not match the template: `<path>: <value>`, or undefined. `values` has the physical ids
 * that references stand for, the attributes of resources as `<id>.<attribute>`, and the values that other stacks export. What is not among them
 * matches any text. The value may have more fields than the template.
 */
export function mismatch(expected, returned, values, path = '') {
  const describe = () => `${path || 'the value'}: ${JSON.stringify(returned)} instead of ${JSON.stringify(expected)}`;
  if (Array.isArray(expected)) {
    if (!Array.isArray(returned) || returned.length !== expected.length) return describe();
    return expected.map((item, index) => mismatch(item, returned[index], values, `${path}[${index}]`)).find(Boolean);
  }
  if (typeof expected !== 'object' || expected === null) return String(returned) === String(expected) ? undefined : describe();
  if (isIntrinsic(expected)) return returned !== undefined && returned !== null && new RegExp(`^${patternOf(expected, values)}$`).test(String(returned)) ? undefined : describe();
  if (typeof returned !== 'object' || returned === null) return isDeepStrictEqual(expected, {}) ? undefined : describe();
  // The API of Batch begins the names of its fields with a small letter.
  const fieldOf = (name) => returned[name] ?? returned[name[0].toLowerCase() + name.slice(1)];
  return Object.entries(expected).map(([name, value]) => mismatch(value, fieldOf(name), values, `${path}.${name}`)).find(Boolean);
}

function isIntrinsic(value) {
  const names = Object.keys(value);
  return names.length === 1 && (names[0] === 'Ref' || names[0].startsWith('Fn::'));
}

/** A regular expression for the text that an intrinsic function returns. */
function patternOf(value, values) {
  if (typeof value !== 'object') return escaped(String(value));
  const [[name, argument]] = Object.entries(value);
  if (name === 'Ref' || (name === 'Fn::ImportValue' && typeof argument === 'string')) return valueOf(argument, values);
  if (name === 'Fn::GetAtt' && Array.isArray(argument)) return valueOf(argument.join('.'), values);
  if (name === 'Fn::Join' && Array.isArray(argument[1])) return argument[1].map((part) => patternOf(part, values)).join(escaped(argument[0]));
  if (name === 'Fn::Sub') return [argument].flat()[0].split(/\$\{([^!}]+)\}/).map((part, index) => index % 2 === 0 ? escaped(part) : valueOf(part, values)).join('');
  return '.+';
}

function valueOf(name, values) {
  const value = PSEUDO_PARAMETERS[name] ?? values.get(name);
  return value === undefined ? '.+' : escaped(value);
}

function escaped(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
