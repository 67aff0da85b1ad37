// The compliance tests of JSONPath, as far as Step Functions has the same paths. The tests are those of the RFC's authors, which the npm
// package of an implementation carries. https://github.com/jsonpath-standard/jsonpath-compliance-test-suite
import fs from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { cached } from './common/cache.mjs';
import { Findings, SELF_TEST } from './common/findings.mjs';
import { load, loadBroken } from './common/modules.mjs';
import { DIFFERENCES, NOT_IN_STEP_FUNCTIONS } from './json-path/differences.mjs';
import { step } from '../tasks/step.mjs';

const PACKAGE = 'jsonpath-rfc9535@1.3.0';
const TESTS = 'node_modules/jsonpath-rfc9535/src/__tests__/jsonpath-compliance-test-suite/cts.json';
const MODULE = 'emulator/states/paths.ts';
const PARSER = 'emulator/states/json-path.ts';

/** In a self-test: breaks of the interpreter's paths. */
const BREAKS = {
  'a path with a wildcard gives one value': { file: PARSER, from: 'return others.reduce', to: 'return first(value, root)?.[0] as any ?? others.reduce' },
};

const findings = new Findings('json-path');
const directory = await cached('json-path', PACKAGE.replace(/[^\w.-]/g, '-'), (temporary) => (
  step(`installing ${PACKAGE}`, 'npm', ['install', '--prefix', temporary, '--no-audit', '--no-fund', '--ignore-scripts', PACKAGE])));
const { tests } = JSON.parse(fs.readFileSync(path.join(directory, TESTS), 'utf8'));
const valid = tests.filter((test) => !test.invalid_selector);
const applicable = valid.filter(({ name, selector }) => reasonAgainst(name, selector) === undefined);

const differing = check('the path', await load(MODULE), DIFFERENCES);
for (const [title, change] of Object.entries(SELF_TEST ? BREAKS : {})) {
  findings.broken(title, / finds .*, but the tests say \[/);
  check(title, await loadBroken(change, MODULE), DIFFERENCES);
}
findings.explained(Object.entries(DIFFERENCES).map(([name, reason]) => ({ name, reason, isUsed: differing.has(name) })));
findings.explained(NOT_IN_STEP_FUNCTIONS.map(({ pattern, reason }) => ({
  name: String(pattern), reason, isUsed: valid.some(({ name, selector }) => reasonAgainst(name, selector) === reason),
})));
console.log(`${applicable.length} of ${valid.length} tests are about paths that Step Functions has; ${differing.size} of them are listed as different`);
findings.end();

function reasonAgainst(name, selector) {
  return NOT_IN_STEP_FUNCTIONS.find(({ pattern }) => pattern.test(`${name}: ${selector}`))?.reason;
}

/** Returns the names of the tests in which the interpreter differs and is listed. */
function check(title, { lookUp }, listed) {
  const listedAndDifferent = new Set();
  for (const { name, selector, document, result, results = [result] } of applicable) {
    const found = valuesAt(lookUp, inStepFunctions(selector), document);
    const agrees = results.some((expected) => isDeepStrictEqual(found, expected));
    if (!agrees && listed[name]) listedAndDifferent.add(name);
    else findings.check(agrees, `${title} ${selector} of '${name}' finds ${JSON.stringify(found)} in ${JSON.stringify(document)}, but the tests say ${JSON.stringify(results[0])}`);
  }
  return listedAndDifferent;
}

/** Step Functions has parentheses around the condition of a filter. https://docs.aws.amazon.com/step-functions/latest/dg/amazon-states-language-paths.html */
function inStepFunctions(selector) {
  return selector.replace(/\[\?(.*?)\](?=$|\.|\[)/s, '[?($1)]');
}

function valuesAt(lookUp, selector, document) {
  try {
    const found = lookUp(selector, document);
    // A path to one value gives the value, not a list.
    if (/^\$(\.[^.[*]+|\[-?\d+\]|\['[^']*'\]|\["[^"]*"\])*$/.test(selector)) return found === undefined ? [] : [found];
    return found;
  } catch (error) {
    return error.message;
  }
}
