import { Alias, Document, isMap, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { CloudFormationTemplate, readDefinition } from './template';

/**
 * A template as a reviewer reads it: YAML in CloudFormation's short form, sorted, with a blank line between two resources. The definition of a
 * state machine is written out. The hashes of assets, which change with each build of a function or an image, are masked, and so is the code of functions.
 */
export function written(template: CloudFormationTemplate): string {
  const document = new Document(nodeOf(JSON.parse(JSON.stringify(template).replace(/[0-9a-f]{64}/g, '<hash>'))));
  for (const { value } of (document.contents as YAMLMap).items) {
    if (isMap(value)) value.items.slice(1).forEach(({ key }) => { (key as Scalar).spaceBefore = true; });
  }
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

function nodeOf(value: any, key?: string): Scalar | YAMLMap | YAMLSeq {
  if (Array.isArray(value)) return sequenceOf(value.map((item) => nodeOf(item)));
  if (typeof value !== 'object' || value === null) return new Scalar(value);
  const short = key === 'DefinitionString' ? definitionNode(value) : shortForm(value);
  if (short) return short;
  const map = new YAMLMap<Scalar, unknown>();
  for (const name of Object.keys(value).sort()) map.items.push(new Pair(new Scalar(name), nodeOf(value[name], name)));
  return map;
}

function sequenceOf(items: unknown[]): YAMLSeq {
  const sequence = new YAMLSeq();
  sequence.items.push(...items);
  // Short lists of plain words take one line.
  sequence.flow = items.every((item) => item instanceof Scalar && !item.tag) && items.map(String).join(', ').length < 80;
  return sequence;
}

/** `!Ref Id`, `!GetAtt Id.Arn` and `!Sub text`. Undefined for a value that has no such form without loss. */
function shortForm(value: any): Scalar | undefined {
  const [[name, argument], ...more] = Object.entries<any>(value).concat(Object.keys(value).length === 0 ? [['', undefined]] : []);
  if (more.length > 0) return undefined;
  if (name === 'Ref') return tagged('!Ref', argument);
  if (name === 'Fn::GetAtt') return tagged('!GetAtt', argument.join('.'));
  if (name === 'Fn::ImportValue' && typeof argument === 'string') return tagged('!ImportValue', argument);
  if (name === 'Fn::Sub' && typeof argument === 'string') return tagged('!Sub', argument);
  if (name !== 'Fn::Join' || argument[0] !== '' || !Array.isArray(argument[1])) return undefined;
  const parts = argument[1].map(partOfSub);
  return parts.includes(undefined) ? undefined : tagged('!Sub', parts.join(''));
}

function partOfSub(part: any): string | undefined {
  if (typeof part === 'string') return part.includes('${') ? undefined : part;
  if (part.Ref) return `\${${part.Ref}}`;
  if (part['Fn::GetAtt']) return `\${${part['Fn::GetAtt'].join('.')}}`;
  return typeof part['Fn::Sub'] === 'string' ? part['Fn::Sub'] : undefined;
}

function tagged(tag: string, value: string): Scalar {
  const scalar = new Scalar(value);
  scalar.tag = tag;
  return scalar;
}

/** What the two rounds of a run have in common. It is written once, and stands as `*Name` the second time. */
const COMMON = ['Retry', 'Catch', 'job'];

/** A definition, written out in the order of its states. */
function definitionNode(definition: any): YAMLMap {
  const before = new Map<string, string>();
  const read = (node: any): any => {
    if (Array.isArray(node)) return sequenceOf(node.map(read));
    if (typeof node !== 'object' || node === null) return new Scalar(node);
    const map = new YAMLMap<Scalar, unknown>();
    for (const [name, entry] of Object.entries(node)) map.items.push(new Pair(new Scalar(name), readEntry(name, entry)));
    return map;
  };
  const readEntry = (name: string, entry: any): any => {
    const node = read(entry);
    if (!COMMON.includes(name)) return node;
    const text = JSON.stringify(entry);
    const anchor = before.get(text);
    if (anchor) return new Alias(anchor);
    node.anchor = [...before.values()].includes(name) ? `${name}${before.size}` : name;
    before.set(text, node.anchor);
    return node;
  };
  return read(readDefinition(definition));
}
