import { machine } from './machines';
import { readDefinition } from '../../../emulator/states/definition';
import { DefinitionError } from '../../../emulator/states/definition-checks';

const STATES = machine({ A: { Type: 'Pass', End: true } });
const INLINE = { ItemProcessor: STATES };
const DISTRIBUTED = { ItemProcessor: { ...STATES, ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } } };
const READER = { Resource: 'arn:aws:states:::s3:getObject', ReaderConfig: { InputType: 'JSONL' }, Parameters: { Bucket: 'b', Key: 'k' } };
const WRITER = { Resource: 'arn:aws:states:::s3:putObject', Parameters: { Bucket: 'b', Prefix: 'p' } };
const map = (fields: object) => machine({ Each: { Type: 'Map', End: true, ...fields } });

test.each<[string, object]>([
  ['inline', INLINE],
  ['inline, with its mode', { ItemProcessor: { ...STATES, ProcessorConfig: { Mode: 'INLINE' } } }],
  ['inline, by its former name', { Iterator: STATES, Parameters: {}, ItemsPath: '$.list', MaxConcurrencyPath: '$.most' }],
  ['distributed, over the input', DISTRIBUTED],
  ['distributed, over a list in S3', { ...DISTRIBUTED, ItemReader: READER, ResultWriter: { ...WRITER, WriterConfig: { Transformation: 'COMPACT', OutputType: 'JSONL' } } }],
  ['distributed, over the objects of a bucket', { ...DISTRIBUTED, ItemReader: { Resource: 'arn:aws:states:::s3:listObjectsV2', Parameters: { Bucket: 'b' } }, ResultWriter: WRITER }],
  ['distributed, in batches', { ...DISTRIBUTED, ItemBatcher: { MaxItemsPerBatch: 5 }, ToleratedFailureCount: 3, ToleratedFailurePercentagePath: '$.p', Label: 'each' }],
])('a map that is %s is accepted', (_, fields) => {
  expect(() => readDefinition(map(fields))).not.toThrow();
});

test.each<[string, object, string]>([
  ['no states', {}, "'ItemProcessor', is not an object"],
  ['both names of its processor', { ...INLINE, Iterator: STATES }, "has both 'ItemProcessor' and 'Iterator'"],
  ['both names of its item selector', { ...INLINE, ItemSelector: {}, Parameters: {} }, "has both 'ItemSelector' and 'Parameters'"],
  ['two concurrencies', { ...INLINE, MaxConcurrency: 1, MaxConcurrencyPath: '$.a' }, "has both 'MaxConcurrency' and 'MaxConcurrencyPath'"],
  ['an unknown mode', { ItemProcessor: { ...STATES, ProcessorConfig: { Mode: 'REMOTE' } } }, '\'Mode\' "REMOTE"; the emulator supports INLINE, DISTRIBUTED'],
  ['express child executions', { ItemProcessor: { ...STATES, ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' } } }, '\'ExecutionType\' "EXPRESS"; the emulator supports STANDARD'],
  ['no type of its executions', { ItemProcessor: { ...STATES, ProcessorConfig: { Mode: 'DISTRIBUTED' } } }, "'ExecutionType' undefined"],
  ['a type of executions in an inline map', { ItemProcessor: { ...STATES, ProcessorConfig: { ExecutionType: 'STANDARD' } } }, "has 'ExecutionType', which only a distributed map has"],
  ['a reader in an inline map', { ...INLINE, ItemReader: READER }, "has 'ItemReader', which only a distributed map has"],
  ['tolerated failures in an inline map', { ...INLINE, ToleratedFailureCount: 1 }, "has 'ToleratedFailureCount', which only a distributed map has"],
  ['an S3 inventory as its input', { ...DISTRIBUTED, ItemReader: { ...READER, ReaderConfig: { InputType: 'MANIFEST' } } }, '\'InputType\' "MANIFEST"; the emulator supports JSON, JSONL, CSV'],
  ['a reader of another service', { ...DISTRIBUTED, ItemReader: { ...READER, Resource: 'arn:aws:states:::s3:headObject' } }, '\'Resource\' "headObject"'],
  ['a list of objects with a type', { ...DISTRIBUTED, ItemReader: { ...READER, Resource: 'arn:aws:states:::s3:listObjectsV2' } }, "has the field 'InputType'"],
  ['a CSV file without a place for its headers', { ...DISTRIBUTED, ItemReader: { ...READER, ReaderConfig: { InputType: 'CSV' } } }, "'CSVHeaderLocation' undefined"],
  ['two limits of its items', { ...DISTRIBUTED, ItemReader: { ...READER, ReaderConfig: { InputType: 'JSON', MaxItems: 1, MaxItemsPath: '$.a' } } }, "has both 'MaxItems' and 'MaxItemsPath'"],
  ['batches without a limit', { ...DISTRIBUTED, ItemBatcher: { BatchInput: {} } }, 'has no limit of a batch'],
  ['two limits of its batches', { ...DISTRIBUTED, ItemBatcher: { MaxItemsPerBatch: 1, MaxItemsPerBatchPath: '$.a' } }, "has both 'MaxItemsPerBatch' and 'MaxItemsPerBatchPath'"],
  ['an unknown transformation', { ...DISTRIBUTED, ResultWriter: { ...WRITER, WriterConfig: { Transformation: 'FLATTEN' } } }, '\'Transformation\' "FLATTEN"'],
  ['a writer without a bucket', { ...DISTRIBUTED, ResultWriter: { ...WRITER, Parameters: { Prefix: 'p' } } }, "'ResultWriter', has no 'Bucket'"],
  ['a writer that only formats', { ...DISTRIBUTED, ResultWriter: { WriterConfig: { Transformation: 'COMPACT' } } }, '\'ResultWriter\', has \'Resource\' undefined; the emulator supports putObject'],
  ['a writer without parameters', { ...DISTRIBUTED, ResultWriter: { Resource: WRITER.Resource } }, "'ResultWriter', 'Parameters', is not an object"],
  ['a label with a special character', { ...DISTRIBUTED, Label: 'a b' }, 'has the label "a b"'],
  ['a label that is too long', { ...DISTRIBUTED, Label: 'x'.repeat(41) }, 'it must have at most 40 characters'],
  ['a state that does not exist', { ItemProcessor: { StartAt: 'B', States: STATES.States } }, '\'StartAt\' names the state "B"'],
  ['an unknown field of its processor', { ItemProcessor: { ...STATES, Version: '1' } }, "'ItemProcessor', has the field 'Version'"],
])('a map with %s is an error', (_, fields, message) => {
  expect(() => readDefinition(map(fields))).toThrow(DefinitionError);
  expect(() => readDefinition(map(fields))).toThrow(message);
});
