import { AssemblyError, AssemblyStack, TemplateResource } from './assembly';
import { Effort } from './effort';
import { attribute, reference } from './names';

/** What the template of a stack does not say itself. */
export interface StackLinks {
  readonly valueOfExport: (name: string) => unknown;
  /** The value that the parent of a nested stack gives to a parameter. Undefined when it gives none. */
  readonly parameterOf: (id: string) => unknown;
  /** An output of a nested stack. Undefined when the nested stack is not in the app. */
  readonly outputOf: (logicalId: string, output: string) => unknown;
}

/** A part of a resource that cannot be resolved. */
export interface Fault {
  /** The names of the properties and the indexes around it: `ComputeResources.Subnets.0` */
  readonly property: string;
  readonly message: string;
}

/** Resolves the intrinsic functions of CloudFormation in the template of one stack. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html */
export class Intrinsics {
  /** Whether each condition holds. `undefined` while it is being evaluated. */
  private readonly conditions = new Map<string, boolean | undefined>();

  /** @param effort how much has been done for the app */
  constructor(private readonly stack: AssemblyStack, private readonly links: StackLinks, private readonly effort = new Effort()) {}

  /** @param where the place in the template, for error messages */
  resolve(value: any, where: string): any {
    return this.walk(value, '', (call) => this.call(call, where));
  }

  /** Resolves what can be resolved. In the place of a function that cannot be, there is a text that is no value of anything. */
  resolveLeniently(value: any, where: string): { readonly value: any; readonly faults: Fault[] } {
    const faults: Fault[] = [];
    const resolved = this.walk(value, '', (call, property) => {
      try {
        return this.call(call, where);
      } catch (error) {
        faults.push({ property, message: messageOf(error as Error, call, where) });
        return `unresolved ${call.name}`;
      }
    });
    return { value: resolved, faults };
  }

  /** Whether a condition of the template holds. */
  holds(name: string): boolean {
    const known = this.conditions.get(name);
    if (known !== undefined) return known;
    const condition = this.stack.template.Conditions?.[name];
    if (condition === undefined) throw new AssemblyError(`stack ${this.stack.id} has no condition ${name}`);
    if (this.conditions.has(name)) throw new AssemblyError(`the condition ${name} of stack ${this.stack.id} refers to itself`);
    this.conditions.set(name, undefined);
    try {
      const holds = this.test(condition);
      this.conditions.set(name, holds);
      return holds;
    } finally {
      if (this.conditions.get(name) === undefined) this.conditions.delete(name);
    }
  }

  private walk(value: any, property: string, call: (call: Call, property: string) => unknown): any {
    return this.effort.spend(`stack ${this.stack.id}`, () => this.walkInto(value, property, call));
  }

  private walkInto(value: any, property: string, call: (call: Call, property: string) => unknown): any {
    const inner = (name: string | number) => property === '' ? String(name) : `${property}.${name}`;
    if (Array.isArray(value)) return value.map((item, index) => this.walk(item, inner(index), call)).filter((item) => item !== NO_VALUE);
    if (typeof value !== 'object' || value === null) return value;
    const [key, ...otherKeys] = Object.keys(value);
    // `Condition` is not among them: it is a function only inside of conditions, and elsewhere it is a field, for example of a policy.
    if (key !== undefined && otherKeys.length === 0 && (key === 'Ref' || key.startsWith('Fn::'))) return call({ name: key, argument: value[key] }, property);
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, this.walk(item, inner(name), call)]).filter(([, item]) => item !== NO_VALUE));
  }

  private call({ name, argument }: Call, where: string): unknown {
    const resolve = (value: unknown) => this.resolve(value, where);
    switch (name) {
      case 'Ref':
        return this.ref(argument, where);
      case 'Fn::GetAtt': {
        const [id, ...rest] = Array.isArray(argument) ? argument : String(argument).split('.');
        return this.attribute(id, String(resolve(rest.length === 1 ? rest[0] : rest.join('.'))), where);
      }
      case 'Fn::Join':
        return this.effort.text(listOf(resolve(argument[1])).map(String).join(argument[0]));
      case 'Fn::Sub': {
        const [text, variables] = Array.isArray(argument) ? argument : [argument, {}];
        const given = resolve(variables) as Record<string, unknown>;
        return this.effort.text(String(text).replace(/\$\{(!?)([^{}]+)\}/g, (_, isLiteral, variable) => isLiteral ? `\${${variable}}`
          : String(Object.hasOwn(given, variable) ? given[variable] : variable.includes('.') ? this.call({ name: 'Fn::GetAtt', argument: variable }, where) : this.ref(variable, where))));
      }
      case 'Fn::Select': {
        const [index, list] = [Number(resolve(argument[0])), listOf(resolve(argument[1]))];
        if (!(index in list)) throw new AssemblyError(`${where} selects the value ${index} of a list that has ${list.length} values in the emulator; use a value in its place`);
        return list[index];
      }
      case 'Fn::Split':
        return this.effort.parts(String(resolve(argument[1])), String(argument[0]));
      case 'Fn::Length':
        return listOf(resolve(argument)).length;
      case 'Fn::ToJsonString':
        return this.effort.text(JSON.stringify(resolve(argument)));
      case 'Fn::ImportValue':
        return this.importValue(String(resolve(argument)), where);
      case 'Fn::If':
        return resolve(this.holds(argument[0]) ? argument[1] : argument[2]);
      case 'Fn::FindInMap':
        return this.findInMap(argument, where);
      case 'Fn::GetAZs':
        return ['a', 'b', 'c'].map((zone) => `${resolve(argument) || this.stack.region}${zone}`);
      case 'Fn::Base64':
        return this.effort.text(Buffer.from(String(resolve(argument))).toString('base64'));
      default:
        throw new AssemblyError(`${where} uses ${name}, which the emulator does not support; use a value in its place`);
    }
  }

  private test(condition: any): boolean {
    const [[name, argument]] = Object.entries<any>(condition);
    switch (name) {
      case 'Fn::Equals': {
        const [a, b] = this.resolve(argument, `a condition of stack ${this.stack.id}`) as unknown[];
        return JSON.stringify(a) === JSON.stringify(b);
      }
      case 'Fn::And':
        return argument.every((operand: unknown) => this.test(operand));
      case 'Fn::Or':
        return argument.some((operand: unknown) => this.test(operand));
      case 'Fn::Not':
        return !this.test(argument[0]);
      case 'Condition':
        return this.holds(argument);
      default:
        throw new AssemblyError(`a condition of stack ${this.stack.id} uses ${name}, which the emulator does not support`);
    }
  }

  private ref(id: string, where: string): unknown {
    const { account, region, stackName, template } = this.stack;
    const pseudoParameters: Record<string, unknown> = {
      'AWS::AccountId': account,
      'AWS::Region': region,
      'AWS::Partition': 'aws',
      'AWS::URLSuffix': 'amazonaws.com',
      'AWS::StackName': stackName,
      'AWS::StackId': `arn:aws:cloudformation:${region}:${account}:stack/${stackName}/local`,
      'AWS::NotificationARNs': [],
      'AWS::NoValue': NO_VALUE,
    };
    if (Object.hasOwn(pseudoParameters, id)) return pseudoParameters[id];
    const parameter = template.Parameters?.[id];
    return parameter ? this.parameter(id, parameter, where) : reference(this.stack, id, this.resource(id, where));
  }

  private parameter(id: string, { Type, Default }: { readonly Type?: string; readonly Default?: unknown }, where: string): unknown {
    const value = this.links.parameterOf(id) ?? Default;
    if (value === undefined) {
      throw new AssemblyError(`${where} needs the parameter ${id} of stack ${this.stack.id}, which has no default; the emulator deploys with the defaults, so give it one`);
    }
    return isListType(String(Type)) && !Array.isArray(value) ? this.effort.parts(String(value), ',') : value;
  }

  private attribute(id: string, name: string, where: string): unknown {
    const resource = this.resource(id, where);
    // The CDK's custom resource for a list that is known at deployment only, in a text of JSON: for example for the command of a job.
    if (resource.Type === 'Custom::AWSCDKCfnJsonStringify') return JSON.stringify(this.resolve(resource.Properties?.Value, where));
    const [, output] = resource.Type === 'AWS::CloudFormation::Stack' ? /^Outputs\.(.+)$/.exec(name) ?? [] : [];
    return (output === undefined ? undefined : this.links.outputOf(id, output)) ?? attribute(this.stack, id, resource, name);
  }

  private importValue(name: string, where: string): unknown {
    const value = this.links.valueOfExport(name);
    if (value === undefined) throw new AssemblyError(`${where} imports '${name}', which no stack of the app exports; use a value in its place, or add the stack that exports it to the app`);
    return value;
  }

  private findInMap(argument: any[], where: string): unknown {
    const [map, first, second, options] = argument.map((value) => this.resolve(value, where));
    const value = this.stack.template.Mappings?.[map]?.[first]?.[second] ?? options?.DefaultValue;
    if (value === undefined) throw new AssemblyError(`${where} needs ${first}.${second} of the mapping ${map}, which stack ${this.stack.id} does not have; add it, or a DefaultValue`);
    return value;
  }

  private resource(id: string, where: string): TemplateResource {
    const resource = this.stack.template.Resources[id];
    if (!resource) throw new AssemblyError(`${where} refers to the resource ${id}, which stack ${this.stack.id} does not have`);
    return resource;
  }
}

interface Call {
  readonly name: string;
  readonly argument: any;
}

/** Why a function cannot be resolved, with the place. It may be something that CloudFormation itself would refuse: another stack of the app may be anything. */
function messageOf({ name, message }: Error, call: Call, where: string): string {
  if (name !== 'AssemblyError') return `${where} has a ${call.name} that cannot be resolved (${message}); correct it, and synthesize the app again`;
  return message.startsWith(where) ? message : `${where}: ${message}`;
}

/** A list. An attribute that is a list in AWS, such as the name servers of a zone, is one text here. */
function listOf(value: unknown): unknown[] {
  return [value].flat();
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html */
function isListType(type: string): boolean {
  return /^(AWS::SSM::Parameter::Value<)?(CommaDelimitedList|List<)/.test(type);
}

const NO_VALUE = Symbol('AWS::NoValue');
