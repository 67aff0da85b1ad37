/** A definition is wrong, or has something that the emulator does not support. */
export class DefinitionError extends Error {
  readonly name = 'DefinitionError';
}

export function requireSupportedFields(object: Record<string, unknown>, fields: readonly string[], where: string): void {
  const unknown = Object.keys(object).find((field) => !fields.includes(field));
  if (unknown) throw new DefinitionError(`${where} has the field '${unknown}', which the emulator does not support; it supports ${fields.join(', ')}`);
}

export function requireSupportedValue(value: unknown, values: readonly unknown[], field: string, where: string): void {
  if (!values.includes(value)) throw new DefinitionError(`${where} has '${field}' ${JSON.stringify(value)}; the emulator supports ${values.join(', ')}`);
}

/** `MaxItems` and `MaxItemsPath` say the same thing in two ways. */
export function requireAtMostOneOf(object: Record<string, unknown>, fields: readonly string[], where: string): void {
  const present = fields.filter((field) => object[field] !== undefined);
  if (present.length > 1) throw new DefinitionError(`${where} has both '${present[0]}' and '${present[1]}'`);
}

export function objectOf(json: unknown, where: string): Record<string, unknown> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new DefinitionError(`${where} is not an object`);
  return json as Record<string, unknown>;
}

export function listOf(json: unknown, where: string): Record<string, unknown>[] {
  if (json === undefined) return [];
  if (!Array.isArray(json)) throw new DefinitionError(`${where} is not a list`);
  return json.map((item) => objectOf(item, where));
}
