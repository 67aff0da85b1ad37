import { allowedActionsOf } from './allowed-actions';
import { ALLOWED_WILDCARDS } from './allowed-wildcards';
import { CloudFormationTemplate, definitionIn, NamedResource, resourcesOf, statesIn, textOf } from '../template';

/** A statement of any policy in a template, with who gets it: the roles of an identity policy, or the resource that has the policy. */
export interface Statement {
  readonly policy: string;
  readonly grantee: string;
  readonly effect: string;
  readonly actions: string[];
  readonly resources: string[];
  readonly principals: string[];
  readonly fields: string[];
  /** As JSON. */
  readonly condition: string;
}

/** All statements of a template, wherever they are: no type of policy can be left out. */
export function statementsOf(template: CloudFormationTemplate): Statement[] {
  return resourcesOf(template).flatMap((resource) => documentsIn(resource.properties).flatMap(({ Statement }) => [Statement].flat().map((statement: any) => ({
    policy: resource.id,
    grantee: granteeOf(resource),
    effect: statement.Effect,
    actions: [statement.Action ?? []].flat(),
    resources: [statement.Resource ?? []].flat().map(textOf),
    principals: principalsOf(statement.Principal),
    fields: Object.keys(statement),
    condition: JSON.stringify(statement.Condition ?? {}),
  }))));
}

function documentsIn(value: any): any[] {
  if (typeof value !== 'object' || value === null) return [];
  return [...value.Statement ? [value] : [], ...Object.values(value).flatMap(documentsIn)];
}

function granteeOf({ id, properties }: NamedResource): string {
  const roles = [...properties.Roles ?? [], ...properties.Users ?? [], ...properties.Groups ?? []].map(textOf);
  return roles.length > 0 ? roles.join(' ') : id;
}

function principalsOf(principal: any): string[] {
  if (principal === undefined) return [];
  if (typeof principal === 'string') return [principal];
  return Object.entries<any>(principal).flatMap(([kind, names]) => [names].flat().map((name) => `${kind}:${textOf(name)}`));
}

const allowed = (template: CloudFormationTemplate) => statementsOf(template).filter(({ effect }) => effect !== 'Deny');

export function noWildcardInActions(template: CloudFormationTemplate): string[] {
  return allowed(template).flatMap(({ policy, actions }) => actions.filter((action) => action.includes('*')).map((action) => `${policy} allows ${action}`));
}

/** `NotAction`, `NotResource` and `NotPrincipal` allow whatever AWS adds later. */
export function noStatementByExclusion(template: CloudFormationTemplate): string[] {
  return statementsOf(template).flatMap(({ policy, fields }) => fields.filter((field) => field.startsWith('Not')).map((field) => `${policy} has ${field}`));
}

/** A resource with a `*`: only where an action supports no other, or where the rest of the ARN is known at run time only. */
export function noWildcardInResources(template: CloudFormationTemplate): string[] {
  return wildcardsOf(template).filter((wildcard) => !ALLOWED_WILDCARDS.some((entry) => entry.permits(wildcard)))
    .map(({ policy, grantee, action, resource }) => `${policy} allows ${grantee} ${action} on ${resource}`);
}

export interface Wildcard {
  readonly policy: string;
  readonly grantee: string;
  readonly action: string;
  readonly resource: string;
  readonly condition: string;
}

export function wildcardsOf(template: CloudFormationTemplate): Wildcard[] {
  return allowed(template).flatMap(({ policy, grantee, actions, resources, condition }) => resources.filter((resource) => resource.includes('*'))
    .flatMap((resource) => actions.map((action) => ({ policy, grantee, action, resource, condition }))));
}

/** Each role does what it is for, and nothing else. */
export function actionsAreExpected(template: CloudFormationTemplate): string[] {
  return allowed(template).flatMap(({ policy, grantee, actions }) => actions
    .filter((action) => action !== 'sts:AssumeRole' && !allowedActionsOf(grantee)?.actions.includes(action))
    .map((action) => `${policy} allows ${grantee} ${action}`));
}

/** The role of a map reads whole buckets, but only those in which its own state machine finds its list. */
export function mapsReadOnlyTheirLists(template: CloudFormationTemplate): string[] {
  const lists = resourcesOf(template, 'AWS::StepFunctions::StateMachine').flatMap((machine) => statesIn(definitionIn(machine))
    .flatMap(([, { ItemReader }]) => ItemReader ? [`${textOf(machine.properties.RoleArn)} ${ItemReader.Parameters.Bucket}`] : []));
  return wildcardsOf(template).filter(({ grantee, action, resource }) => /EachRole/.test(grantee) && action === 's3:GetObject' && /^[^/]+\/\*$/.test(resource))
    .filter(({ grantee, resource }) => {
      const bucket = resource.slice(0, -2).replace(/^arn:<AWS::Partition>:s3:::/, '').replace(/\.Arn>$/, '>');
      return !lists.includes(`${grantee.replace('>', '.Arn>')} ${bucket}`);
    })
    .map(({ policy, grantee, resource }) => `${policy} allows ${grantee} to read ${resource}, where it has no list`);
}

/** A role is for one service of AWS. Nobody else can assume it. */
export function rolesAreForServices(template: CloudFormationTemplate): string[] {
  return resourcesOf(template, 'AWS::IAM::Role').flatMap(({ id, properties }) => {
    const statements: any[] = properties.AssumeRolePolicyDocument?.Statement ?? [];
    const principals = statements.flatMap(({ Principal }) => principalsOf(Principal));
    if (principals.length === 0) return [`${id} can be assumed by nobody`];
    return principals.filter((principal) => !/^Service:[a-z0-9-]+\.amazonaws\.com$/.test(principal)).map((principal) => `${id} can be assumed by ${principal}`);
  });
}

/** Services that are documented to say for whose sake they assume a role. A role that the user gives is the user's. */
const SAY_FOR_WHOM = ['Service:states.amazonaws.com', 'Service:ecs-tasks.amazonaws.com'];

/** Such a service may assume a role only for the sake of the account of the role. */
export function rolesAreForTheirAccount(template: CloudFormationTemplate): string[] {
  return resourcesOf(template, 'AWS::IAM::Role').filter(({ id }) => !id.startsWith('GivenRole') && !id.includes('ExecutionRole')).flatMap(({ id, properties }) => {
    const statements: any[] = properties.AssumeRolePolicyDocument?.Statement ?? [];
    return statements.filter(({ Principal }) => principalsOf(Principal).some((principal) => SAY_FOR_WHOM.includes(principal)))
      .filter(({ Condition }) => !/^(<AWS::AccountId>|\d{12})$/.test(textOf(Condition?.StringEquals?.['aws:SourceAccount'])))
      .map(() => `${id} can be assumed for the sake of another account`);
  });
}

/** AWS adds actions to its managed policies. */
export function noManagedPolicies(template: CloudFormationTemplate): string[] {
  return resourcesOf(template, 'AWS::IAM::Role').flatMap(({ id, properties }) => [properties.ManagedPolicyArns ?? []].flat().map(textOf)
    .map((arn) => `${id} has the managed policy ${arn}`));
}

/** A policy of a resource may name a service, with a condition that says for whose sake. It never opens the resource to everybody. */
export function resourcePoliciesAreNarrow(template: CloudFormationTemplate): string[] {
  return allowed(template).filter(({ principals, actions }) => principals.length > 0 && !actions.every((action) => action === 'sts:AssumeRole'))
    .flatMap(({ policy, principals, fields }) => principals.flatMap((principal) => [
      ...principal === '*' || principal.endsWith(':*') ? [`${policy} is open to everybody`] : [],
      ...principal.startsWith('Service:') && !fields.includes('Condition') ? [`${policy} is open to ${principal} without a condition`] : [],
    ]));
}

/** An identity policy without a resource would be an error of IAM, and one without roles would be for nobody. */
export function policiesAreComplete(template: CloudFormationTemplate): string[] {
  return resourcesOf(template, 'AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy').flatMap(({ id }) => {
    const statements = statementsOf(template).filter(({ policy }) => policy === id);
    if (statements.length === 0) return [`${id} has no statement`];
    return [
      ...statements.filter(({ resources, actions }) => resources.length === 0 || actions.length === 0).map(() => `${id} has a statement without an action or a resource`),
      ...statements[0].grantee === id ? [`${id} is attached to nobody`] : [],
    ];
  });
}
