// What a template asks for once its intrinsics are resolved, and how an answer differs from it.
import { ACCOUNT, REGION } from './moto.mjs';

/** What nobody can know: an attribute of a resource that moto does not make. */
export const UNKNOWN = Symbol('unknown');

const PSEUDO = { 'AWS::AccountId': ACCOUNT, 'AWS::Region': REGION, 'AWS::Partition': 'aws', 'AWS::URLSuffix': 'amazonaws.com' };

/** Resolves intrinsics: `reference`, `attribute` and `imported` say what `Ref`, `Fn::GetAtt` and `Fn::ImportValue` come to. https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html */
export function resolve(value, scope) {
  const { reference, attribute, imported, stackName } = scope;
  const all = (one) => resolve(one, scope);
  if (Array.isArray(value)) return value.map(all).filter((one) => one !== undefined);
  if (typeof value !== 'object' || value === null) return value;
  const [[name, argument] = [], ...more] = Object.entries(value);
  if (more.length === 0) {
    switch (name) {
      case 'Ref':
        if (argument === 'AWS::NoValue') return undefined;
        return argument === 'AWS::StackName' ? stackName : PSEUDO[argument] ?? reference(argument) ?? UNKNOWN;
      case 'Fn::GetAtt':
        return attribute(argument[0], argument[1]) ?? UNKNOWN;
      case 'Fn::Join': {
        const parts = all(argument[1]);
        return parts === UNKNOWN || parts.includes(UNKNOWN) ? UNKNOWN : parts.join(argument[0]);
      }
      case 'Fn::Select': {
        const list = all(argument[1]);
        return list === UNKNOWN ? UNKNOWN : list[Number(argument[0])] ?? UNKNOWN;
      }
      case 'Fn::Split': {
        const text = all(argument[1]);
        return text === UNKNOWN ? UNKNOWN : text.split(argument[0]);
      }
      case 'Fn::Sub': {
        const [text, variables = {}] = [argument].flat();
        const parts = text.split(/\$\{([^!}]+)\}/).map((part, index) => {
          if (index % 2 === 0) return part;
          if (part in variables) return all(variables[part]);
          return part.includes('.') ? all({ 'Fn::GetAtt': part.split('.') }) : all({ Ref: part });
        });
        return parts.includes(UNKNOWN) ? UNKNOWN : parts.join('');
      }
      case 'Fn::GetAZs':
        return ['a', 'b', 'c', 'd', 'e', 'f'].map((zone) => `${REGION}${zone}`);
      case 'Fn::Base64': {
        const text = all(argument);
        return text === UNKNOWN ? UNKNOWN : Buffer.from(text).toString('base64');
      }
      case 'Fn::ImportValue':
        return imported(all(argument)) ?? UNKNOWN;
      case 'Fn::If':
      case 'Fn::FindInMap':
        return UNKNOWN;
    }
  }
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, all(one)]).filter(([, one]) => one !== undefined));
}

/** Where an answer has not what was asked for: all that was asked for must be in it, more may be. */
export function differences(asked, answered, path = []) {
  if (asked === UNKNOWN) return [];
  const here = (what) => [{ path, asked, answered, what }];
  if (answered === undefined || answered === null) return here('is not answered');
  if (Array.isArray(asked)) {
    if (!Array.isArray(answered)) return asked.length === 1 ? differences(asked[0], answered, path) : here('is no list');
    if (answered.length < asked.length) return here('is a shorter list');
    // Services keep some lists in an order of their own.
    return asked.flatMap((one, index) => {
      const inOrder = differences(one, answered[index], path);
      return inOrder.length === 0 || answered.some((other) => differences(one, other, path).length === 0) ? [] : inOrder;
    });
  }
  if (typeof asked === 'object') {
    if (typeof answered !== 'object') return Object.keys(asked).length === 0 ? [] : here('is no object');
    const byName = new Map(Object.entries(answered).map(([name, value]) => [name.toLowerCase(), value]));
    return Object.entries(asked).flatMap(([name, value]) => differences(value, answered[name] ?? byName.get(name.toLowerCase()), [...path, name]));
  }
  return String(asked) === String(answered) ? [] : here('is something else');
}
