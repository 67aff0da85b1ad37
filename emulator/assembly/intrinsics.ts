import { AssemblyError, AssemblyStack, TemplateResource } from './assembly';
import { attribute, reference } from './names';

/** Resolves the intrinsic functions of CloudFormation in the template of one stack. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html */
export class Intrinsics {
  constructor(private readonly stack: AssemblyStack, private readonly valueOfExport: (name: string) => unknown) {}

  /** @param where the place in the template, for error messages */
  resolve(value: any, where: string): any {
    if (Array.isArray(value)) return value.map((item) => this.resolve(item, where)).filter((item) => item !== NO_VALUE);
    if (typeof value !== 'object' || value === null) return value;
    const [key, ...otherKeys] = Object.keys(value);
    // `Condition` is not among them: it is a function only inside of conditions, and elsewhere it is a field, for example of a policy.
    if (key !== undefined && otherKeys.length === 0 && (key === 'Ref' || key.startsWith('Fn::'))) return this.call(key, value[key], where);
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, this.resolve(item, where)]).filter(([, item]) => item !== NO_VALUE));
  }

  /** Whether a condition of the template holds. */
  holds(name: string): boolean {
    const condition = this.stack.template.Conditions?.[name];
    if (condition === undefined) throw new AssemblyError(`stack ${this.stack.id} has no condition ${name}`);
    return this.test(condition);
  }

  private call(name: string, argument: any, where: string): unknown {
    const resolve = (value: unknown) => this.resolve(value, where);
    switch (name) {
      case 'Ref':
        return this.ref(argument, where);
      case 'Fn::GetAtt': {
        const [id, ...rest] = Array.isArray(argument) ? argument : String(argument).split('.');
        const resource = this.resource(id, where);
        // The CDK's custom resource for a list that is known at deployment only, in a text of JSON: for example for the command of a job.
        if (resource.Type === 'Custom::AWSCDKCfnJsonStringify') return JSON.stringify(resolve(resource.Properties?.Value));
        return attribute(this.stack, id, resource, rest.join('.'));
      }
      case 'Fn::Join':
        return (resolve(argument[1]) as unknown[]).map(String).join(argument[0]);
      case 'Fn::Sub': {
        const [text, variables] = Array.isArray(argument) ? argument : [argument, {}];
        const given = resolve(variables) as Record<string, unknown>;
        return String(text).replace(/\$\{(!?)([^}]+)\}/g, (_, isLiteral, variable) => isLiteral ? `\${${variable}}`
          : String(variable in given ? given[variable] : variable.includes('.') ? this.call('Fn::GetAtt', variable, where) : this.ref(variable, where)));
      }
      case 'Fn::Select':
        return (resolve(argument[1]) as unknown[])[Number(resolve(argument[0]))];
      case 'Fn::Split':
        return String(resolve(argument[1])).split(argument[0]);
      case 'Fn::ImportValue':
        return this.valueOfExport(String(resolve(argument)));
      case 'Fn::If':
        return resolve(this.holds(argument[0]) ? argument[1] : argument[2]);
      case 'Fn::FindInMap': {
        const [map, first, second] = argument.map(resolve);
        return this.stack.template.Mappings?.[map]?.[first]?.[second];
      }
      case 'Fn::GetAZs':
        return ['a', 'b', 'c'].map((zone) => `${resolve(argument) || this.stack.region}${zone}`);
      case 'Fn::Base64':
        return Buffer.from(String(resolve(argument))).toString('base64');
      default:
        throw new AssemblyError(`${where} uses ${name}, which the emulator does not support`);
    }
  }

  private test(condition: any): boolean {
    const [[name, argument]] = Object.entries<any>(condition);
    switch (name) {
      case 'Fn::Equals': {
        const [a, b] = this.resolve(argument, 'a condition') as unknown[];
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
    if (id in pseudoParameters) return pseudoParameters[id];
    const parameter = template.Parameters?.[id];
    if (parameter) {
      if (parameter.Default === undefined) throw new AssemblyError(`${where} needs the parameter ${id}, which has no default; the emulator deploys with the defaults`);
      return String(parameter.Type).startsWith('List<') || parameter.Type === 'CommaDelimitedList' ? String(parameter.Default).split(',') : parameter.Default;
    }
    return reference(this.stack, id, this.resource(id, where));
  }

  private resource(id: string, where: string): TemplateResource {
    const resource = this.stack.template.Resources[id];
    if (!resource) throw new AssemblyError(`${where} refers to the resource ${id}, which stack ${this.stack.id} does not have`);
    return resource;
  }
}

const NO_VALUE = Symbol('AWS::NoValue');
