import { DefinitionError, objectOf, requireAtMostOneOf, requireSupportedFields, requireSupportedValue } from './definition-checks';

/** The processor of a Map state: `Iterator` is its former name. */
export function processorOf(state: Record<string, unknown>): Record<string, any> {
  return (state.ItemProcessor ?? state.Iterator) as Record<string, any>;
}

export function isDistributed(state: Record<string, unknown>): boolean {
  return processorOf(state).ProcessorConfig?.Mode === 'DISTRIBUTED';
}

const DISTRIBUTED_FIELDS = [
  'Label', 'ItemReader', 'ItemBatcher', 'ResultWriter', 'ToleratedFailurePercentage', 'ToleratedFailurePercentagePath', 'ToleratedFailureCount', 'ToleratedFailureCountPath',
];
const LONGEST_LABEL = 40;

/**
 * Validates what only a Map state has.
 * https://docs.aws.amazon.com/step-functions/latest/dg/state-map-inline.html, https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
 */
export function validateMap(state: Record<string, unknown>, where: string): void {
  requireAtMostOneOf(state, ['ItemProcessor', 'Iterator'], where);
  for (const fields of [['ItemSelector', 'Parameters'], ...['MaxConcurrency', 'ToleratedFailurePercentage', 'ToleratedFailureCount'].map((field) => [field, `${field}Path`])]) {
    requireAtMostOneOf(state, fields, where);
  }
  const processor = objectOf(processorOf(state), `${where}, 'ItemProcessor',`);
  const mode = objectOf(processor.ProcessorConfig ?? {}, `${where}, 'ProcessorConfig',`);
  requireSupportedFields(mode, ['Mode', 'ExecutionType'], `${where}, 'ProcessorConfig',`);
  requireSupportedValue(mode.Mode ?? 'INLINE', ['INLINE', 'DISTRIBUTED'], 'Mode', where);
  if (mode.Mode === 'DISTRIBUTED') validateDistributed(state, mode, where);
  else if (mode.ExecutionType !== undefined) throw new DefinitionError(`${where} has 'ExecutionType', which only a distributed map has`);
  const foreign = DISTRIBUTED_FIELDS.find((field) => state[field] !== undefined);
  if (foreign && mode.Mode !== 'DISTRIBUTED') throw new DefinitionError(`${where} has '${foreign}', which only a distributed map has`);
}

function validateDistributed(state: Record<string, unknown>, mode: Record<string, unknown>, where: string): void {
  requireSupportedValue(mode.ExecutionType, ['STANDARD'], 'ExecutionType', where);
  if (state.Label !== undefined && (typeof state.Label !== 'string' || state.Label.length > LONGEST_LABEL || /[\s?*<>{}[\]"#%\\^|~`$&,;:/\0-\x1f\x7f-\x9f]/.test(state.Label))) {
    throw new DefinitionError(`${where} has the label ${JSON.stringify(state.Label)}; it must have at most ${LONGEST_LABEL} characters, and no special ones`);
  }
  if (state.ItemReader !== undefined) validateReader(objectOf(state.ItemReader, `${where}, 'ItemReader',`), `${where}, 'ItemReader',`);
  if (state.ItemBatcher !== undefined) {
    const batcher = objectOf(state.ItemBatcher, `${where}, 'ItemBatcher',`);
    const limits = ['MaxItemsPerBatch', 'MaxItemsPerBatchPath', 'MaxInputBytesPerBatch', 'MaxInputBytesPerBatchPath'];
    requireSupportedFields(batcher, ['BatchInput', ...limits], `${where}, 'ItemBatcher',`);
    for (const field of ['MaxItemsPerBatch', 'MaxInputBytesPerBatch']) requireAtMostOneOf(batcher, [field, `${field}Path`], `${where}, 'ItemBatcher',`);
    if (limits.every((field) => batcher[field] === undefined)) throw new DefinitionError(`${where}, 'ItemBatcher', has no limit of a batch`);
  }
  if (state.ResultWriter === undefined) return;
  const writer = objectOf(state.ResultWriter, `${where}, 'ResultWriter',`);
  requireSupportedFields(writer, ['Resource', 'Parameters', 'WriterConfig'], `${where}, 'ResultWriter',`);
  requireSupportedValue(/:states:::s3:(\w+)$/.exec(String(writer.Resource))?.[1], ['putObject'], 'Resource', `${where}, 'ResultWriter',`);
  const parameters = objectOf(writer.Parameters, `${where}, 'ResultWriter', 'Parameters',`);
  if (parameters.Bucket === undefined && parameters['Bucket.$'] === undefined) throw new DefinitionError(`${where}, 'ResultWriter', has no 'Bucket'; the emulator writes the results of a map to S3`);
  const config = objectOf(writer.WriterConfig ?? {}, `${where}, 'WriterConfig',`);
  requireSupportedFields(config, ['Transformation', 'OutputType'], `${where}, 'WriterConfig',`);
  requireSupportedValue(config.Transformation ?? 'NONE', ['NONE', 'COMPACT'], 'Transformation', where);
  requireSupportedValue(config.OutputType ?? 'JSON', ['JSON', 'JSONL'], 'OutputType', where);
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html */
function validateReader(reader: Record<string, unknown>, where: string): void {
  requireSupportedFields(reader, ['Resource', 'ReaderConfig', 'Parameters'], where);
  const action = /:states:::s3:(\w+)$/.exec(String(reader.Resource))?.[1];
  requireSupportedValue(action, ['getObject', 'listObjectsV2'], 'Resource', where);
  const config = objectOf(reader.ReaderConfig ?? {}, `${where.slice(0, -1)}, 'ReaderConfig',`);
  requireAtMostOneOf(config, ['MaxItems', 'MaxItemsPath'], where);
  if (action === 'listObjectsV2') {
    requireSupportedFields(config, ['MaxItems', 'MaxItemsPath'], `${where} 'ReaderConfig',`);
    return;
  }
  requireSupportedFields(config, ['InputType', 'CSVHeaderLocation', 'CSVHeaders', 'MaxItems', 'MaxItemsPath'], `${where} 'ReaderConfig',`);
  requireSupportedValue(config.InputType, ['JSON', 'JSONL', 'CSV'], 'InputType', where);
  if (config.InputType === 'CSV') requireSupportedValue(config.CSVHeaderLocation, ['FIRST_ROW', 'GIVEN'], 'CSVHeaderLocation', where);
}
