// The time that an input takes grows with its length, and not with its square: texts of a sixteenth of the most characters, and of the most.
import { objectOf } from './json-text.mjs';

/** The most bytes of an input: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html. A message of this queue is as short. */
const MOST = 256 * 1024;
const FACTOR = 16;
/** Sixteen times the length may take this many times as long: the square would take 256 times as long. */
const SLOWER = 48;
/** A shorter time says nothing. */
const MILLISECONDS = 8;
const [TRIES, MEASURED] = [5, 4];

const fill = (length, part) => part.repeat(Math.ceil(length / part.length));
const named = (length, member) => objectOf(Array.from({ length: Math.ceil(length / 16) }, (_, index) => [`n${index}`, member]));
const inBody = (json) => objectOf([['body', JSON.stringify(json)]]);
const withCommand = (words) => objectOf([['containerOverrides', objectOf([['command', JSON.stringify(words)]])]]);

/** Inputs and messages by what is long in them: each is a function from a length to a text. */
export const FAMILIES = {
  'levels of a value': (length) => objectOf([['parameters', objectOf([['a', fill(length / 2, '[') + fill(length / 2, ']')]])]]),
  'levels in a body': (length) => inBody(fill(length / 2, '[') + fill(length / 2, ']')),
  'levels of a flag': (length) => objectOf([['body', '"{}"'], ['isBase64Encoded', fill(length / 2, '[') + fill(length / 2, ']')]]),
  'names of parameters': (length) => objectOf([['parameters', named(length, '"x"')]]),
  'names of variables': (length) => objectOf([['containerOverrides', objectOf([['environment', named(length, '"x"')]])]]),
  'one name in a body again and again': (length) => inBody(objectOf(Array(Math.ceil(length / 12)).fill(['a', '1']))),
  'numbers in a body': (length) => inBody(objectOf([['a', `[${fill(length, '1.5e-7,')}1]`]])),
  'digits of a number': (length) => inBody(objectOf([['a', fill(length, '1')]])),
  'escapes in a body': (length) => inBody(objectOf([['a', JSON.stringify(fill(length / 4, '\\"'))]])),
  'a value': (length) => objectOf([['parameters', objectOf([['a', JSON.stringify(fill(length, 'x'))]])]]),
  'a name': (length) => objectOf([[fill(length, '\0'), '1']]),
  'Base64': (length) => objectOf([['body', JSON.stringify(fill(length, 'eyJh'))], ['isBase64Encoded', 'true']]),
  'words of a command': (length) => withCommand(Array(Math.ceil(length / 4)).fill('x')),
  'references of a word': (length) => withCommand([fill(length, 'Ref::a')]),
  'the beginnings of references': (length) => withCommand([fill(length, 'Ref:Ref::')]),
  'empty references': (length) => objectOf([['parameters', objectOf([['a', '""'], ['b', '""']])], ['containerOverrides', objectOf([['command', JSON.stringify([fill(length, 'Ref::a')])]])]]),
  'a share': (length) => objectOf([['shareIdentifier', JSON.stringify(fill(length, 'a'))]]),
  'levels of a message': (length) => `{"checkJob":${fill(length / 2, '[')}${fill(length / 2, ']')}}`,
  'a job id': (length) => `{"checkJob":{"jobId":"${fill(length, 'x')}","token":"t","since":1}}`,
  'fields of a message': (length) => `{"checkJob":${named(length, '1')}}`,
};

/** What grows too fast when `work` gets the texts of a family, or undefined. What is too slow is measured again, since a pause of the process is no growth. */
export function problemOfGrowth(family, work) {
  const [short, long] = [MOST / FACTOR, MOST].map((length) => FAMILIES[family](length));
  let problem;
  for (let measured = 0; measured < MEASURED; measured++) {
    // The short text is tried more often, so that its time is that of compiled code, too.
    const [less, more] = [fastest(work, short, TRIES * FACTOR), fastest(work, long, TRIES)];
    if (more <= MILLISECONDS || more <= less * SLOWER) return undefined;
    problem = `${short.length} characters take ${less.toFixed(1)} ms, and ${long.length} take ${more.toFixed(1)} ms`;
  }
  return problem;
}

function fastest(work, text, tries) {
  return Math.min(...Array.from({ length: tries }, () => timeOf(() => work(text))));
}

/** Milliseconds of the processor: other processes do not count. */
export function timeOf(work) {
  const started = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1000;
}
