import { DefinitionError, readDefinition } from '../../../emulator/states/definition';
import { rowsOf } from '../../../emulator/states/distributed-map';

test.each<[string, string, string[][]]>([
  ['rows', 'a,b\n1,2\n', [['a', 'b'], ['1', '2']]],
  ['the last row without an end', 'a,b\r\n1,2', [['a', 'b'], ['1', '2']]],
  ['values in quotes, with commas, quotes and lines in them', 'a,b\n"1,2","say ""hi""\nthere"\n', [['a', 'b'], ['1,2', 'say "hi"\nthere']]],
  ['values that are empty', 'a,b,c\n,2,\n', [['a', 'b', 'c'], ['', '2', '']]],
  ['lines that are empty', 'a\n\n1\n\n', [['a'], ['1']]],
  ['nothing', '', []],
])('a CSV file has %s', (_, text, rows) => {
  expect(rowsOf(text)).toEqual(rows);
});

describe('a map that is not known here is an error, and never skipped', () => {
  const map = (more: object = {}) => ({
    StartAt: 'Each',
    States: {
      Each: {
        Type: 'Map',
        ItemReader: { Resource: 'arn:aws:states:::s3:getObject', ReaderConfig: { InputType: 'JSONL' }, Parameters: { Bucket: 'b', Key: 'k' } },
        ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' }, StartAt: 'A', States: { A: { Type: 'Pass', End: true } } },
        ResultWriter: { Resource: 'arn:aws:states:::s3:putObject', Parameters: { Bucket: 'b', Prefix: 'p' }, WriterConfig: { Transformation: 'COMPACT', OutputType: 'JSONL' } },
        End: true,
        ...more,
      },
    },
  });

  test('but this one is', () => {
    expect(() => readDefinition(map())).not.toThrow();
  });

  test.each<[string, object, RegExp]>([
    ['inline', { ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, StartAt: 'A', States: { A: { Type: 'Pass', End: true } } } }, /'Mode' "INLINE"/],
    ['of express children', { ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' }, StartAt: 'A', States: {} } }, /'ExecutionType' "EXPRESS"/],
    ['without a reader', { ItemReader: undefined }, /'ItemReader', is not an object/],
    ['over a manifest', { ItemReader: { ReaderConfig: { InputType: 'MANIFEST' } } }, /'InputType' "MANIFEST"/],
    ['with batches', { ItemBatcher: {} }, /the field 'ItemBatcher'/],
    ['with a state that is not there', { ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' }, StartAt: 'B', States: { A: { Type: 'Pass', End: true } } } }, /'StartAt' names the state "B"/],
  ])('%s', (_, more, message) => {
    expect(() => readDefinition(map(more))).toThrow(DefinitionError);
    expect(() => readDefinition(map(more))).toThrow(message);
  });
});
