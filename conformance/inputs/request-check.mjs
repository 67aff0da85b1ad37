// Checks requests with AWS's models of the services, in this process: a model becomes functions, so that each of a million requests can be checked.
// service-models/validate.py checks a sample of the same requests with botocore's own classes, and the two have to agree.
import { at } from '../../tasks/project.mjs';
import { python } from '../common/venv.mjs';

/** Returns a function from a service, an action and an input to what is wrong with the input, or undefined. */
export async function requestCheck() {
  const { stdout } = await python('reading the models of the services', [at('conformance', 'inputs', 'model.py')]);
  const models = JSON.parse(stdout);
  const checks = new Map();
  return (service, action, input) => {
    const key = `${service} ${action}`;
    if (!checks.has(key)) checks.set(key, checkOf(models[service], action));
    return checks.get(key)(input, '');
  };
}

function checkOf({ operations, shapes }, action) {
  const operation = operations[action];
  return operation ? compile(operation.input.shape, shapes, new Map()) : () => `the service has no ${action}`;
}

/** A shape as a function from a value and its place to what is wrong. https://smithy.io/2.0/spec/constraint-traits.html */
function compile(name, shapes, known) {
  if (known.has(name)) return known.get(name);
  let check;
  known.set(name, (value, place) => check(value, place)); // a shape may contain itself
  const shape = shapes[name];
  check = COMPILERS[shape.type](shape, (member) => compile(member, shapes, known));
  return check;
}

const COMPILERS = {
  structure({ members, required = [] }, inner) {
    const checks = new Map(Object.entries(members).map(([name, { shape }]) => [name, inner(shape)]));
    return (value, place) => {
      if (!isObject(value)) return `${place} is not an object`;
      const missing = required.find((name) => value[name] === undefined);
      if (missing !== undefined) return `${place}.${missing} is missing`;
      return firstOf(Object.keys(value), (name) => {
        if (value[name] === undefined) return undefined;
        return checks.has(name) ? checks.get(name)(value[name], `${place}.${name}`) : `${place}.${name} is not in the model`;
      });
    };
  },
  list({ member, ...limits }, inner) {
    const check = inner(member.shape);
    return (value, place) => !Array.isArray(value) ? `${place} is not a list`
      : outside(value.length, limits, `the length of ${place}`) ?? firstOf(value, (item) => check(item, `${place}[]`));
  },
  map({ key, value: item, ...limits }, inner) {
    const [checkKey, checkItem] = [inner(key.shape), inner(item.shape)];
    return (value, place) => !isObject(value) ? `${place} is not an object`
      : outside(Object.keys(value).length, limits, `the length of ${place}`)
        ?? firstOf(Object.entries(value), ([name, each]) => checkKey(name, `a name of ${place}`) ?? checkItem(each, `${place}.*`));
  },
  string({ enum: values, pattern, ...limits }) {
    const expression = pattern === undefined ? undefined : new RegExp(`^(?:${pattern})$`, 'u');
    return (value, place) => {
      if (typeof value !== 'string') return `${place} is not a text`;
      if (values && !values.includes(value)) return `${place} is not one of the values of the model`;
      if (expression && !expression.test(value)) return `${place} does not match the pattern of the model`;
      return outside([...value].length, limits, `the length of ${place}`);
    };
  },
  integer: (limits) => (value, place) => Number.isInteger(value) && Math.abs(value) < 2 ** 31 ? outside(value, limits, place) : `${place} is not an integer of 32 bits`,
  long: (limits) => (value, place) => Number.isSafeInteger(value) ? outside(value, limits, place) : `${place} is not an integer`,
  boolean: () => (value, place) => typeof value === 'boolean' ? undefined : `${place} is not a boolean`,
  timestamp: () => (value, place) => value instanceof Date ? undefined : `${place} is not a time`,
  blob: () => () => undefined,
};

function outside(value, { min, max }, what) {
  if (min !== undefined && value < min) return `${what} is less than ${min}`;
  return max !== undefined && value > max ? `${what} is more than ${max}` : undefined;
}

function firstOf(items, problemOf) {
  for (const item of items) {
    const problem = problemOf(item);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
