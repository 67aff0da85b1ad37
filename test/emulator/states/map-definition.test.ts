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
  ['inline, with a configuration that says nothing', { ItemProcessor: { ...STATES, Comment: 'x', ProcessorConfig: {} } }],
  ['inline, with its mode', { ItemProcessor: { ...STATES, ProcessorConfig: { Mode: 'INLINE' } } }],
  ['inline, by its former name', { Iterator: STATES, Parameters: {}, ItemsPath: '$.list', MaxConcurrencyPath: '$.most' }],
  ['distributed, over the input', DISTRIBUTED],
  ['distributed, over a list in S3', { ...DISTRIBUTED, ItemReader: READER, ResultWriter: { ...WRITER, WriterConfig: { Transformation: 'COMPACT', OutputType: 'JSONL' } } }],
  ['distributed, over the objects of a bucket', { ...DISTRIBUTED, ItemReader: { Resource: 'arn:aws:states:::s3:listObjectsV2', Parameters: { Bucket: 'b' } }, ResultWriter: WRITER }],
  ['distributed, with CSV files as its lists', { ...DISTRIBUTED, ItemReader: { ...READER, ReaderConfig: { InputType: 'CSV', CSVHeaderLocation: 'GIVEN', CSVHeaders: ['a'], MaxItemsPath: '$.n' } } }],
  ['distributed, with JSON as its list', { ...DISTRIBUTED, ItemReader: { ...READER, ReaderConfig: { InputType: 'JSON', MaxItems: 3 } } }],
  ['distributed, with the first of the objects of a bucket', { ...DISTRIBUTED, ItemReader: { Resource: 'arn:aws:states:::s3:listObjectsV2', ReaderConfig: { MaxItems: 1 }, Parameters: { Bucket: 'b' } } }],
  ['distributed, with a bucket that is in the input', { ...DISTRIBUTED, ResultWriter: { ...WRITER, Parameters: { 'Bucket.$': '$.b' }, WriterConfig: { Transformation: 'NONE', OutputType: 'JSON' } } }],
  ['distributed, in batches of bytes', { ...DISTRIBUTED, ItemBatcher: { MaxInputBytesPerBatchPath: '$.b', BatchInput: {} }, Label: 'x'.repeat(40) }],
  ['distributed, in batches', { ...DISTRIBUTED, ItemBatcher: { MaxItemsPerBatch: 5 }, ToleratedFailureCount: 3, ToleratedFailurePercentagePath: '$.p', Label: 'each' }],
])('a map that is %s is accepted', (_, fields) => {
  expect(() => readDefinition(map(fields))).not.toThrow();
});

/** The message follows `state 'Each'`. */
test.each<[string, object, string]>([
  ['no states', {}, ", 'ItemProcessor', is not an object"],
  ['both names of its processor', { ...INLINE, Iterator: STATES }, " has both 'ItemProcessor' and 'Iterator'"],
  ['both names of its item selector', { ...INLINE, ItemSelector: {}, Parameters: {} }, " has both 'ItemSelector' and 'Parameters'"],
  ...['MaxConcurrency', 'ToleratedFailurePercentage', 'ToleratedFailureCount'].map((field): [string, object, string] => (
    [`${field} in two ways`, { ...DISTRIBUTED, [field]: 1, [`${field}Path`]: '$.a' }, ` has both '${field}' and '${field}Path'`]
  )),
  ['a configuration that is not an object', { ItemProcessor: { ...STATES, ProcessorConfig: [] } }, ", 'ProcessorConfig', is not an object"],
  ['an unknown field of its configuration', { ItemProcessor: { ...STATES, ProcessorConfig: { Kind: 1 } } }, ", 'ProcessorConfig', has the field 'Kind', which the emulator does not support; it supports Mode, ExecutionType"],
  ['an unknown mode', { ItemProcessor: { ...STATES, ProcessorConfig: { Mode: 'REMOTE' } } }, ' has \'Mode\' "REMOTE"; the emulator supports INLINE, DISTRIBUTED'],
  ['express child executions', { ItemProcessor: { ...STATES, ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' } } }, ' has \'ExecutionType\' "EXPRESS"; the emulator supports STANDARD'],
  ['no type of its executions', { ItemProcessor: { ...STATES, ProcessorConfig: { Mode: 'DISTRIBUTED' } } }, " has 'ExecutionType' undefined; the emulator supports STANDARD"],
  ['a type of executions in an inline map', { ItemProcessor: { ...STATES, ProcessorConfig: { ExecutionType: 'STANDARD' } } }, " has 'ExecutionType', which only a distributed map has"],
  ...Object.entries({
    Label: 'x', ItemReader: READER, ItemBatcher: {}, ResultWriter: WRITER, ToleratedFailurePercentage: 1, ToleratedFailurePercentagePath: '$.p', ToleratedFailureCount: 1, ToleratedFailureCountPath: '$.p',
  }).map(([field, value]): [string, object, string] => [`${field} in an inline map`, { ...INLINE, [field]: value }, ` has '${field}', which only a distributed map has`]),
  ['a reader that is not an object', { ...DISTRIBUTED, ItemReader: [] }, ", 'ItemReader', is not an object"],
  ['an unknown field of its reader', { ...DISTRIBUTED, ItemReader: { ...READER, Arguments: {} } }, ", 'ItemReader', has the field 'Arguments', which the emulator does not support; it supports Resource, ReaderConfig, Parameters"],
  ['a configuration of its reader that is not an object', { ...DISTRIBUTED, ItemReader: { ...READER, ReaderConfig: [] } }, ", 'ItemReader', 'ReaderConfig', is not an object"],
  ['an unknown field of the configuration of its reader', { ...DISTRIBUTED, ItemReader: { ...READER, ReaderConfig: { Kind: 1 } } },
    ", 'ItemReader', 'ReaderConfig', has the field 'Kind', which the emulator does not support; it supports InputType, CSVHeaderLocation, CSVHeaders, MaxItems, MaxItemsPath"],
  ['an S3 inventory as its input', { ...DISTRIBUTED, ItemReader: { ...READER, ReaderConfig: { InputType: 'MANIFEST' } } }, ', \'ItemReader\', has \'InputType\' "MANIFEST"; the emulator supports JSON, JSONL, CSV'],
  ['a reader of another action', { ...DISTRIBUTED, ItemReader: { ...READER, Resource: 'arn:aws:states:::s3:headObject' } }, ', \'ItemReader\', has \'Resource\' "headObject"; the emulator supports getObject, listObjectsV2'],
  ['a reader that waits for a token', { ...DISTRIBUTED, ItemReader: { ...READER, Resource: `${READER.Resource}.waitForTaskToken` } }, ", 'ItemReader', has 'Resource' undefined"],
  ['a list of objects with a type', { ...DISTRIBUTED, ItemReader: { ...READER, Resource: 'arn:aws:states:::s3:listObjectsV2' } },
    ", 'ItemReader', 'ReaderConfig', has the field 'InputType', which the emulator does not support; it supports MaxItems, MaxItemsPath"],
  ['a CSV file without a place for its headers', { ...DISTRIBUTED, ItemReader: { ...READER, ReaderConfig: { InputType: 'CSV' } } }, ", 'ItemReader', has 'CSVHeaderLocation' undefined; the emulator supports FIRST_ROW, GIVEN"],
  ['two limits of its items', { ...DISTRIBUTED, ItemReader: { ...READER, ReaderConfig: { InputType: 'JSON', MaxItems: 1, MaxItemsPath: '$.a' } } }, ", 'ItemReader', has both 'MaxItems' and 'MaxItemsPath'"],
  ['batches that are not an object', { ...DISTRIBUTED, ItemBatcher: 5 }, ", 'ItemBatcher', is not an object"],
  ['an unknown field of its batches', { ...DISTRIBUTED, ItemBatcher: { MaxItems: 5 } },
    ", 'ItemBatcher', has the field 'MaxItems', which the emulator does not support; it supports BatchInput, MaxItemsPerBatch, MaxItemsPerBatchPath, MaxInputBytesPerBatch, MaxInputBytesPerBatchPath"],
  ['batches without a limit', { ...DISTRIBUTED, ItemBatcher: { BatchInput: {} } }, ", 'ItemBatcher', has no limit of a batch"],
  ...['MaxItemsPerBatch', 'MaxInputBytesPerBatch'].map((field): [string, object, string] => (
    [`${field} in two ways`, { ...DISTRIBUTED, ItemBatcher: { [field]: 1, [`${field}Path`]: '$.a' } }, `, 'ItemBatcher', has both '${field}' and '${field}Path'`]
  )),
  ['a writer that is not an object', { ...DISTRIBUTED, ResultWriter: [] }, ", 'ResultWriter', is not an object"],
  ['an unknown field of its writer', { ...DISTRIBUTED, ResultWriter: { ...WRITER, Arguments: {} } }, ", 'ResultWriter', has the field 'Arguments', which the emulator does not support; it supports Resource, Parameters, WriterConfig"],
  ['a configuration of its writer that is not an object', { ...DISTRIBUTED, ResultWriter: { ...WRITER, WriterConfig: [] } }, ", 'WriterConfig', is not an object"],
  ['an unknown field of the configuration of its writer', { ...DISTRIBUTED, ResultWriter: { ...WRITER, WriterConfig: { Kind: 1 } } },
    ", 'WriterConfig', has the field 'Kind', which the emulator does not support; it supports Transformation, OutputType"],
  ['an unknown transformation', { ...DISTRIBUTED, ResultWriter: { ...WRITER, WriterConfig: { Transformation: 'FLATTEN' } } }, ' has \'Transformation\' "FLATTEN"; the emulator supports NONE, COMPACT'],
  ['an unknown type of its output', { ...DISTRIBUTED, ResultWriter: { ...WRITER, WriterConfig: { OutputType: 'CSV' } } }, ' has \'OutputType\' "CSV"; the emulator supports JSON, JSONL'],
  ['a writer without a bucket', { ...DISTRIBUTED, ResultWriter: { ...WRITER, Parameters: { Prefix: 'p' } } }, ", 'ResultWriter', has no 'Bucket'; the emulator writes the results of a map to S3"],
  ['a writer that only formats', { ...DISTRIBUTED, ResultWriter: { WriterConfig: { Transformation: 'COMPACT' } } }, ", 'ResultWriter', has 'Resource' undefined; the emulator supports putObject"],
  ['a writer that waits for a token', { ...DISTRIBUTED, ResultWriter: { ...WRITER, Resource: `${WRITER.Resource}.waitForTaskToken` } }, ", 'ResultWriter', has 'Resource' undefined"],
  ['a writer without parameters', { ...DISTRIBUTED, ResultWriter: { Resource: WRITER.Resource } }, ", 'ResultWriter', 'Parameters', is not an object"],
  ['a label with a special character', { ...DISTRIBUTED, Label: 'a b' }, ' has the label "a b"; it must have at most 40 characters, and no special ones'],
  ['a label that is not a text', { ...DISTRIBUTED, Label: 5 }, ' has the label 5; '],
  ['a label that is too long', { ...DISTRIBUTED, Label: 'x'.repeat(41) }, ` has the label "${'x'.repeat(41)}"; it must have at most 40 characters`],
])('a map with %s is an error', (_, fields, message) => {
  expect(() => readDefinition(map(fields))).toThrow(DefinitionError);
  expect(() => readDefinition(map(fields))).toThrow(`state 'Each'${message}`);
});

test.each<[string, object, string]>([
  ['a state that does not exist', { ItemProcessor: { StartAt: 'B', States: STATES.States } }, '\'StartAt\' names the state "B", which does not exist'],
  ['an unknown field', { ItemProcessor: { ...STATES, Version: '1' } }, "state 'Each', 'ItemProcessor', has the field 'Version', which the emulator does not support; it supports Comment, StartAt, States, ProcessorConfig"],
])('an item processor with %s is an error', (_, fields, message) => {
  expect(() => readDefinition(map(fields))).toThrow(message);
});
