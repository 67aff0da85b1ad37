import { CloudFormationTemplate, NamedResource, resourcesOf } from '../template';

const isPseudoParameter = (name: string) => /^AWS::(AccountId|NotificationARNs|NoValue|Partition|Region|StackId|StackName|URLSuffix)$/.test(name);

/** The logical ids that a value refers to. */
export function referencesIn(value: any): string[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (typeof value !== 'object' || value === null) return [];
  const [text, variables] = typeof value['Fn::Sub'] === 'string' ? [value['Fn::Sub'], {}] : value['Fn::Sub'] ?? [];
  const inText = typeof text === 'string' ? [...text.matchAll(/\$\{([^!}.]+)(\.[^}]+)?\}/g)].map(([, name]) => name).filter((name) => !(name in variables)) : [];
  return [
    ...typeof value.Ref === 'string' ? [value.Ref] : [],
    ...Array.isArray(value['Fn::GetAtt']) ? [value['Fn::GetAtt'][0]] : [],
    ...inText,
    ...Object.values(value).flatMap(referencesIn),
  ];
}

function needsOf({ properties, DependsOn }: NamedResource): string[] {
  return [...referencesIn(properties), ...[DependsOn ?? []].flat()];
}

export function referencesResolve(template: CloudFormationTemplate): string[] {
  const known = new Set([...Object.keys(template.Resources ?? {}), ...Object.keys(template.Parameters ?? {})]);
  return [
    ...resourcesOf(template).flatMap((resource) => needsOf(resource).map((name) => ({ id: resource.id, name }))),
    ...referencesIn(template.Outputs).map((name) => ({ id: 'Outputs', name })),
  ].filter(({ name }) => !known.has(name) && !isPseudoParameter(name)).map(({ id, name }) => `${id} refers to ${name}, which is not there`);
}

/** CloudFormation refuses a template whose resources wait for each other. */
export function resourcesDoNotWaitForThemselves(template: CloudFormationTemplate): string[] {
  const waitsFor = new Map(resourcesOf(template).map((resource) => [resource.id, needsOf(resource)]));
  const done = new Set<string>();
  const visit = (id: string, path: string[]): string[] => {
    if (path.includes(id)) return [`${[...path.slice(path.indexOf(id)), id].join(' waits for ')}`];
    if (done.has(id)) return [];
    const found = (waitsFor.get(id) ?? []).flatMap((name) => visit(name, [...path, id]));
    done.add(id);
    return found;
  };
  return [...waitsFor.keys()].flatMap((id) => visit(id, []));
}

/** What the stacks of an app import from each other is exported by one of them. */
export function importsAreExported(templates: CloudFormationTemplate[]): string[] {
  const exported = new Set(templates.flatMap(({ Outputs = {} }) => Object.values<any>(Outputs).flatMap((output) => output.Export ? [output.Export.Name] : [])));
  const importsIn = (value: any): string[] => {
    if (typeof value !== 'object' || value === null) return [];
    return [...typeof value['Fn::ImportValue'] === 'string' ? [value['Fn::ImportValue']] : [], ...Object.values(value).flatMap(importsIn)];
  };
  return templates.flatMap((template) => importsIn(template.Resources)).filter((name) => !exported.has(name)).map((name) => `${name} is imported, but not exported`);
}
