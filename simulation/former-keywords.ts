import { isObject } from '../src/contract/json-text';

type Renames = { readonly [former: string]: string };
interface FormerWords {
  /** The former names of fields. */
  readonly fields: Renames;
  /** The former values of fields, by the field's present name. */
  readonly values?: { readonly [field: string]: Renames };
}

const OCCURRENCE: Renames = { first: 'atMost' };

/** What files that were written before are worded with, by the part of a scenario: its present name, or none for the scenario itself. */
const FORMER_WORDS: { readonly [part: string]: FormerWords } = {
  '': {
    fields: { about: 'description', people: 'actions', answers: 'alterations', visible: 'visibleAfter', within: 'startWithin' },
    values: { expects: { 'the truth': 'actual outcome' } },
  },
  'actions': { fields: { does: 'action' }, values: { action: { 'send stale tokens': 'deliver messages again' } } },
  'alterations': { fields: { puts: 'set', ...OCCURRENCE } },
  'bounds': { fields: { leftovers: 'orphans' } },
  'calls': { fields: { done: 'applied', ...OCCURRENCE }, values: { fails: { 'no answer': 'no response' } } },
  'functions': { fields: OCCURRENCE, values: { of: { watch: 'check' }, fails: { before: 'before its work', after: 'after its work' } } },
  'placement': { fields: { says: 'statusReason' } },
};

const MUTANT_FIELDS: Renames = { put: 'replace', every: 'everywhere', seenBy: 'caughtBy' };

/** A scenario in the present words, whichever words it was written in. Everything else is left as it is, for the validation. */
export function inPresentWords(scenario: unknown): unknown {
  const renamed = rename(scenario, FORMER_WORDS['']);
  if (!isObject(renamed)) return renamed;
  return Object.fromEntries(Object.entries(renamed).map(([part, value]) => {
    const words = Object.hasOwn(FORMER_WORDS, part) ? FORMER_WORDS[part] : undefined;
    if (!words) return [part, value];
    return [part, Array.isArray(value) ? value.map((item) => rename(item, words)) : rename(value, words)];
  }));
}

/** A mutant in the present words. */
export function mutantInPresentWords(mutant: unknown): unknown {
  return rename(mutant, { fields: MUTANT_FIELDS });
}

function rename(given: unknown, { fields, values = {} }: FormerWords): unknown {
  if (!isObject(given)) return given;
  return Object.fromEntries(Object.entries(given).map(([former, value]) => {
    const field = Object.hasOwn(fields, former) ? fields[former] : former;
    const words = Object.hasOwn(values, field) ? values[field] : {};
    const present = (word: unknown) => typeof word === 'string' && Object.hasOwn(words, word) ? words[word] : word;
    return [field, Array.isArray(value) ? value.map(present) : present(value)];
  }));
}
