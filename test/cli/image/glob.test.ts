import * as fc from 'fast-check';
import { partsOf, replaceMatches, withoutPrefix, withoutSuffix } from '../../../cli/image/glob';

const characters = (...all: string[]) => fc.string({ unit: fc.constantFrom(...all), maxLength: 8 });
const pattern = characters('a', 'b', '*', '?', '.');
const value = characters('a', 'b', '.');
/** The same by a regular expression, which is right and slow. */
const source = (glob: string, any: string) => glob.replace(/\*+/g, '*').replace(/[*?.]/g, (character) => character === '*' ? any : character === '?' ? '.' : '\\.');

test('beginnings and ends are those of regular expressions', () => {
  fc.assert(fc.property(pattern, value, (glob, text) => {
    const [longest, shortest] = [source(glob, '.*'), source(glob, '.*?')];
    const parts = partsOf(glob);
    expect([withoutPrefix(text, parts, 'longest'), withoutPrefix(text, parts, 'shortest'), withoutSuffix(text, parts, 'longest'), withoutSuffix(text, parts, 'shortest')]).toEqual([
      text.replace(new RegExp(`^${longest}`), ''), text.replace(new RegExp(`^${shortest}`), ''),
      text.replace(new RegExp(`^(.*?)${longest}$`), '$1'), text.replace(new RegExp(`^(.*)${longest}$`), '$1'),
    ]);
  }), { numRuns: 5_000 });
});

test('what is replaced is what a regular expression would replace', () => {
  fc.assert(fc.property(pattern, value, fc.boolean(), (glob, text, isGlobal) => {
    let end = -1;
    const expected = text.replace(new RegExp(source(glob, '.*'), isGlobal ? 'g' : ''), (match, at: number) => {
      const isRest = match === '' && at === end;
      end = at + match.length;
      return isRest ? '' : 'X';
    });
    expect([glob, text, replaceMatches(text, partsOf(glob), 'X', isGlobal)]).toEqual([glob, text, expected]);
  }), { numRuns: 5_000 });
});

test('a character of two code units is one', () => {
  expect([withoutPrefix('😀a', partsOf('?'), 'longest'), replaceMatches('😀', partsOf('?'), 'X', true)]).toEqual(['a', 'X']);
});
