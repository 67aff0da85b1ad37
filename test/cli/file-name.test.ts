import * as path from 'path';
import * as fc from 'fast-check';
import { fileNameOf } from '../../cli/file-name';

test.each(['', '.', '..', '...', '/', '../..', '\0', 'a\\b', '%2E', '-', '\ud800', '\u{1f600}'.repeat(200), 'a'.repeat(1_024)])('%j is the name of a file', (part) => {
  const name = fileNameOf(part);
  expect(path.join('/directory', name)).toBe(`/directory/${name}`);
  expect([name.length > 0, Buffer.byteLength(name) <= 255, /[^!-~]/.test(name)]).toEqual([true, true, false]);
});

test('different parts have different names', () => {
  const part = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('.', '..', '', '%', '%2E', '_', 'a'.repeat(300), 'a'.repeat(301)));
  fc.assert(fc.property(part, part, (one, other) => {
    expect(fileNameOf(one) === fileNameOf(other)).toBe(one === other);
  }));
});
