/**
 * The variables of one scope: of an execution, of a branch of a Parallel state, or of an iteration of an inline Map state. Inner scopes read
 * the variables of outer ones. https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html
 */
export class Variables {
  private readonly values = new Map<string, unknown>();

  constructor(private readonly outer?: Variables) {}

  /** The value of a variable; undefined when it is not assigned. */
  get(name: string): unknown {
    return this.values.has(name) ? this.values.get(name) : this.outer?.get(name);
  }

  assign(values: Record<string, unknown>): void {
    for (const [name, value] of Object.entries(values)) this.values.set(name, value);
  }
}

/** Unicode identifiers of at most 80 characters. https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html#variable-name-syntax */
export const VARIABLE_NAME = /^[\p{ID_Start}_]\p{ID_Continue}{0,79}$/u;
