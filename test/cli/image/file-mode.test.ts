import { modeChange } from '../../../cli/image/file-mode';

/** The expected modes are those of chmod of GNU coreutils. */
test.each<[string, number, number, boolean?]>([
  ['755', 0o600, 0o755],
  ['04711', 0o600, 0o4711],
  ['+x', 0o644, 0o755],
  ['+w', 0o444, 0o644],
  ['a+w', 0o444, 0o666],
  ['-x', 0o777, 0o666],
  ['u+x', 0o644, 0o744],
  ['go-rwx', 0o755, 0o700],
  ['=r', 0o777, 0o444],
  ['g=u', 0o750, 0o770],
  ['o=g,g=', 0o750, 0o705],
  ['u=rwX,go=rX', 0o644, 0o644],
  ['u=rwX,go=rX', 0o700, 0o755],
  ['u=rwX,go=rX', 0o600, 0o755, true],
  ['a+X', 0o600, 0o711, true],
  ['u+s', 0o755, 0o4755],
  ['g+s', 0o755, 0o2755],
  ['+s', 0o755, 0o6755],
  ['o+s', 0o755, 0o755],
  ['+t', 0o777, 0o1777],
  ['u+t', 0o777, 0o777],
  ['u=rw', 0o4755, 0o655],
  ['u+x-w', 0o644, 0o544],
  ['ug+rw,o=', 0o447, 0o660],
  ['a=', 0o777, 0],
])('%s changes %i to %i', (text, before, after, isDirectory = false) => {
  expect(modeChange(text, 0o022)!(before, isDirectory).toString(8)).toBe(after.toString(8));
});

test('without a umask all classes change', () => {
  expect(modeChange('+w', 0)!(0o444, false)).toBe(0o666);
});

test.each(['', 'x', 'rwx', '888', '17777', 'u', 'u+q', '+x,', 'z+x'])('%j is not a mode', (text) => {
  expect(modeChange(text, 0)).toBeUndefined();
});
