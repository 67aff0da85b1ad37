/** A CloudFormation template, as a test reads it. */
export interface Resource {
  readonly Type: string;
  readonly Properties?: any;
  readonly DependsOn?: string | string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly UpdatePolicy?: any;
}

export interface CloudFormationTemplate {
  readonly Resources?: { readonly [id: string]: Resource };
  readonly Parameters?: { readonly [id: string]: unknown };
  readonly Outputs?: { readonly [id: string]: unknown };
  readonly Conditions?: { readonly [id: string]: unknown };
  readonly Mappings?: { readonly [id: string]: unknown };
  readonly Rules?: { readonly [id: string]: unknown };
}

export interface NamedResource extends Resource {
  readonly id: string;
  readonly properties: any;
}

/** The resources of some types, or all resources. */
export function resourcesOf({ Resources = {} }: CloudFormationTemplate, ...types: string[]): NamedResource[] {
  return Object.entries(Resources)
    .filter(([, { Type }]) => types.length === 0 || types.includes(Type))
    .map(([id, resource]) => ({ ...resource, id, properties: resource.Properties ?? {} }));
}

/** A value as one text: a reference stands as `<Id>`, an attribute as `<Id.Arn>`, and whatever else as JSON. */
export function textOf(value: any): string {
  if (typeof value !== 'object' || value === null) return String(value);
  if (value.Ref) return `<${value.Ref}>`;
  if (value['Fn::GetAtt']) return `<${value['Fn::GetAtt'].join('.')}>`;
  if (value['Fn::Sub'] && typeof value['Fn::Sub'] === 'string') return value['Fn::Sub'].replace(/\$\{([^}]+)\}/g, '<$1>');
  if (value['Fn::ImportValue']) return `<${textOf(value['Fn::ImportValue'])}>`;
  const [separator, parts] = value['Fn::Join'] ?? [];
  return Array.isArray(parts) ? parts.map(textOf).join(separator) : JSON.stringify(value);
}

/** The definition of a state machine, with a text in place of each reference. */
export function definitionIn({ properties }: NamedResource): any {
  return readDefinition(properties.DefinitionString);
}

export function readDefinition(definition: any): any {
  const parts: any[] = typeof definition === 'string' ? [definition] : definition['Fn::Join'][1];
  return JSON.parse(parts.map((part) => typeof part === 'string' ? part : JSON.stringify(textOf(part)).slice(1, -1)).join(''));
}

/** All states of a definition, also those inside of a `Map` or a `Parallel`, by name. */
export function statesIn({ States = {} }: { States?: Record<string, any> }): [string, any][] {
  return Object.entries(States).flatMap(([name, state]) => [
    [name, state] as [string, any],
    ...[state.ItemProcessor, state.Iterator, ...state.Branches ?? []].filter(Boolean).flatMap(statesIn),
  ]);
}
