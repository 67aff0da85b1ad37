import { Assembly, AssemblyError, AssemblyStack, TemplateResource } from './assembly';
import type { Deployed } from './deployment';
import { Intrinsics } from './intrinsics';
import { arnOf, physicalName } from './names';

/** A resource of a template, with its intrinsic functions resolved. */
export interface ResolvedResource {
  readonly stack: AssemblyStack;
  readonly logicalId: string;
  readonly resource: TemplateResource;
  readonly properties: Record<string, any>;
  readonly deployed: Deployed & { readonly name: string };
}

/** The resources of all stacks of an app. */
export class ResolvedResources {
  private readonly intrinsics: Map<AssemblyStack, Intrinsics>;

  constructor(private readonly assembly: Assembly) {
    const valueOfExport = (name: string) => this.valueOfExport(name);
    this.intrinsics = new Map(assembly.stacks.map((stack) => [stack, new Intrinsics(stack, valueOfExport)]));
  }

  /** The resources of a type whose condition holds. */
  ofType(type: string): ResolvedResource[] {
    return this.assembly.stacks.flatMap((stack) => {
      const intrinsics = this.intrinsics.get(stack)!;
      return Object.entries(stack.template.Resources)
        .filter(([, resource]) => resource.Type === type && (!resource.Condition || intrinsics.holds(resource.Condition)))
        .map(([logicalId, resource]) => ({
          stack,
          logicalId,
          resource,
          properties: intrinsics.resolve(resource.Properties ?? {}, `${stack.id}/${logicalId}`),
          deployed: {
            path: constructPathOf(stack, logicalId, resource),
            stack: stack.stackName,
            logicalId,
            arn: arnOf(stack, logicalId, resource),
            name: physicalName(stack, logicalId, resource),
          },
        }));
    });
  }

  private valueOfExport(name: string): unknown {
    for (const stack of this.assembly.stacks) {
      const intrinsics = this.intrinsics.get(stack)!;
      for (const output of Object.values<any>(stack.template.Outputs ?? {})) {
        if (output.Export && intrinsics.resolve(output.Export.Name, 'an output') === name) return intrinsics.resolve(output.Value, 'an output');
      }
    }
    throw new AssemblyError(`no stack of the app exports ${name}`);
  }
}

/** The construct path, without `Resource` at its end. */
function constructPathOf(stack: AssemblyStack, logicalId: string, resource: TemplateResource): string {
  return (stack.paths[logicalId] ?? resource.Metadata?.['aws:cdk:path'] ?? `${stack.id}/${logicalId}`).replace(/(\/Resource)+$/, '');
}
