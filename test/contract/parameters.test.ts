import { emptyWordOf, parametersIn, withParameters } from '../../src/contract/parameters';

test('a command refers to parameters anywhere in its words', () => {
  expect([...parametersIn(['node', 'Ref::file', '--size=Ref::size', 'Ref::a-b.Ref::c_d', 'none'])]).toEqual(['file', 'size', 'a-b', 'c_d']);
});

test('references are replaced by the values, and unknown ones stay', () => {
  expect(withParameters(['Ref::file', '--size=Ref::size', 'Ref::none'], { file: 'a b', size: '3' })).toEqual(['a b', '--size=3', 'Ref::none']);
});

test.each(['constructor', '__proto__', 'toString'])('a reference to %s does not find what every object has', (name) => {
  expect(withParameters([`Ref::${name}`], {})).toEqual([`Ref::${name}`]);
});

test('a word that is empty once its parameters are replaced is found', () => {
  expect(emptyWordOf(['run', '-Ref::a', 'Ref::b', 'Ref::a'], { a: '', b: '1' })).toEqual({ index: 3, parameter: 'a' });
  expect(emptyWordOf(['run', '-Ref::a', 'Ref::b', 'Ref::c', ''], { a: '', b: '1' })).toBeUndefined();
});
