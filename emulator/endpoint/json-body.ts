import { inputOf, ShapeError } from './shapes';
import { depthOf } from '../json-depth';
import { ServiceError, ServiceName } from '../service';

/** No input of the other APIs has more levels. A text with very many would exhaust the stack of what walks through it. */
const DEEPEST_BODY = 64;
/**
 * In DynamoDB a value may have 32 levels of lists and maps, each of which is two levels of JSON, in the five of a batch and the one of its type.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 */
const DEEPEST_BATCH = 6 + 2 * 32 + 1;
/** What Jackson, which most services of AWS read JSON with, accepts: https://github.com/FasterXML/jackson-core/blob/2.17/src/main/java/com/fasterxml/jackson/core/StreamReadConstraints.java */
const DEEPEST_TEXT = 1_000;

/** The members whose text is JSON itself, and the error of such a text. */
const TEXTS: Record<string, readonly [member: string, code: string]> = { StartExecution: ['input', 'InvalidExecutionInput'], SendTaskSuccess: ['output', 'InvalidOutput'] };

/** Reads the input of an action. A body that is not JSON, or whose members have wrong types, is a `ServiceError`. */
export function readInput(service: ServiceName, action: string, body: Buffer): unknown {
  const value = body.length === 0 ? {} : parse(body, service === 'dynamodb' ? DEEPEST_BATCH : DEEPEST_BODY);
  try {
    const input = inputOf(action, value);
    refuseDeepText(action, input);
    return input;
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    throw error.message.endsWith('is missing') ? missingMember(service, error.message) : serializationError(error.message);
  }
}

function parse(body: Buffer, deepest: number): unknown {
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body);
    if (depthOf(text) > deepest) throw new Error(`JSON of more than ${deepest} levels`);
    value = JSON.parse(text);
  } catch (error) {
    throw serializationError((error as Error).message);
  }
  if (hasPrototype(value)) throw serializationError("a member of the JSON is named '__proto__'");
  return value;
}

function refuseDeepText(action: string, input: Record<string, unknown>): void {
  if (!Object.hasOwn(TEXTS, action)) return;
  const [member, code] = TEXTS[action];
  const text = input[member];
  if (typeof text === 'string' && depthOf(text) > DEEPEST_TEXT) throw new ServiceError(code, `Invalid ${member}: it is JSON of more than ${DEEPEST_TEXT} levels`);
}

/** A program that copies such a member by assigning it would change the prototype of its copy. */
function hasPrototype(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.hasOwn(value, '__proto__') || Object.values(value).some(hasPrototype);
}

/** What a wrong type is in the tests of the protocols: https://github.com/smithy-lang/smithy/tree/main/smithy-aws-protocol-tests/model/restJson1/malformedRequests */
function serializationError(message: string): ServiceError {
  return new ServiceError('SerializationException', message);
}

/** Each service has its own name for a member that is missing. */
function missingMember(service: ServiceName, message: string): ServiceError {
  const [member] = message.split(' ');
  switch (service) {
    case 'sqs': return new ServiceError('MissingParameter', `The request must contain the parameter ${member}.`);
    case 'cloudwatch_logs': return new ServiceError('InvalidParameterException', `1 validation error detected: Value null at '${member}' failed to satisfy constraint: Member must not be null`);
    case 'sfn': return new ServiceError('ValidationException', `1 validation error detected: Value null at '${member}' failed to satisfy constraint: Member must not be null`);
    default: return new ServiceError('ClientException', message);
  }
}
