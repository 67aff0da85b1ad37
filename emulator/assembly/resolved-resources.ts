import { Assembly, AssemblyStack, TemplateResource } from './assembly';
import type { Deployed } from './deployment';
import { Effort } from './effort';
import { Fault, Intrinsics } from './intrinsics';
import { arnOf, physicalName } from './names';

/** A resource of a template, with its intrinsic functions resolved. */
export interface ResolvedResource {
  readonly stack: AssemblyStack;
  readonly logicalId: string;
  readonly resource: TemplateResource;
  readonly properties: Record<string, any>;
  /** What of it cannot be resolved. */
  readonly faults: readonly Fault[];
  readonly deployed: Deployed & { readonly name: string };
}

interface Export {
  readonly stack: AssemblyStack;
  readonly output: any;
}

/** The resources of all stacks of an app. */
export class ResolvedResources {
  /** By the construct path of the stack. */
  private readonly intrinsics: Map<string, Intrinsics>;

  private exports?: Map<unknown, Export[]>;

  constructor(private readonly assembly: Assembly) {
    const effort = new Effort();
    this.intrinsics = new Map(assembly.stacks.map((stack) => [stack.id, new Intrinsics(stack, {
      valueOfExport: (name) => this.valueOfExport(name, stack),
      parameterOf: (id) => this.parameterOf(id, stack),
      outputOf: (logicalId, output) => this.outputOf(logicalId, output, stack),
    }, effort)]));
  }

  /** The resources of a type whose condition holds. */
  ofType(type: string): ResolvedResource[] {
    return this.assembly.stacks.flatMap((stack) => Object.entries(stack.template.Resources)
      .filter(([, resource]) => resource.Type === type)
      .flatMap(([logicalId, resource]) => this.resolved(stack, logicalId, resource)));
  }

  private resolved(stack: AssemblyStack, logicalId: string, resource: TemplateResource): ResolvedResource[] {
    const path = constructPathOf(stack, logicalId, resource);
    const conditionFaults: Fault[] = [];
    try {
      if (!this.isThere(stack, resource.Condition)) return [];
    } catch (error) {
      conditionFaults.push({ property: 'Condition', message: `${path} has a condition that cannot be evaluated: ${(error as Error).message}` });
    }
    const { value: properties, faults } = this.intrinsicsOf(stack).resolveLeniently(resource.Properties ?? {}, path);
    return [{
      stack,
      logicalId,
      resource,
      properties,
      faults: [...conditionFaults, ...faults],
      deployed: { path, stack: stack.stackName, logicalId, arn: arnOf(stack, logicalId, resource), name: physicalName(stack, logicalId, resource) },
    }];
  }

  /** Whether a condition of a stack holds. In a nested stack, that of the nested stack itself has to hold, too. */
  private isThere(stack: AssemblyStack, condition: string | undefined): boolean {
    if (condition !== undefined && !this.intrinsicsOf(stack).holds(condition)) return false;
    const { parent } = stack;
    return parent === undefined || this.isThere(parent.stack, parent.stack.template.Resources[parent.logicalId].Condition);
  }

  /** Exports belong to an account and a Region: two stages may have exports of one name. */
  private valueOfExport(name: string, { account, region }: AssemblyStack): unknown {
    const exporting = (this.exportsByName().get(name) ?? []).filter(({ stack, output }) => this.isExported(stack, output));
    const found = exporting.find(({ stack }) => stack.account === account && stack.region === region) ?? exporting[0];
    return found && this.intrinsicsOf(found.stack).resolve(found.output.Value, `the export '${name}' of stack ${found.stack.id}`);
  }

  /** An output whose name cannot be resolved is none that a run needs. A name may have the value of another export, which is then known the second time. */
  private exportsByName(): ReadonlyMap<unknown, readonly Export[]> {
    if (this.exports) return this.exports;
    const exports = this.exports = new Map<unknown, Export[]>();
    let waiting = this.assembly.stacks.flatMap((stack) => Object.values<any>(stack.template.Outputs ?? {})
      .filter((output) => output?.Export)
      .map((output): Export => ({ stack, output })));
    for (let round = 0; round < 2; round++) {
      waiting = waiting.filter(({ stack, output }) => {
        try {
          const name = this.intrinsicsOf(stack).resolve(output.Export.Name, 'an output');
          exports.set(name, [...exports.get(name) ?? [], { stack, output }]);
          return false;
        } catch {
          return true;
        }
      });
    }
    return exports;
  }

  private isExported(stack: AssemblyStack, output: any): boolean {
    try {
      return this.isThere(stack, output.Condition);
    } catch {
      return false;
    }
  }

  private parameterOf(id: string, { parent }: AssemblyStack): unknown {
    const value = parent?.stack.template.Resources[parent.logicalId].Properties?.Parameters?.[id];
    return value === undefined ? undefined : this.intrinsicsOf(parent!.stack).resolve(value, `the parameter ${id} of the nested stack ${parent!.logicalId} in ${parent!.stack.id}`);
  }

  private outputOf(logicalId: string, output: string, stack: AssemblyStack): unknown {
    const nested = this.assembly.stacks.find(({ parent }) => parent?.stack.id === stack.id && parent.logicalId === logicalId);
    const value = nested?.template.Outputs?.[output]?.Value;
    return value === undefined ? undefined : this.intrinsicsOf(nested!).resolve(value, `the output ${output} of the nested stack ${nested!.id}`);
  }

  private intrinsicsOf(stack: AssemblyStack): Intrinsics {
    return this.intrinsics.get(stack.id)!;
  }
}

/** The construct path, without `Resource` at its end. */
function constructPathOf(stack: AssemblyStack, logicalId: string, resource: TemplateResource): string {
  const pathInMetadata: unknown = resource.Metadata?.['aws:cdk:path'];
  let path = stack.paths[logicalId] ?? (typeof pathInMetadata === 'string' ? pathInMetadata : `${stack.id}/${logicalId}`);
  while (path.endsWith('/Resource')) path = path.slice(0, -'/Resource'.length);
  return path;
}
