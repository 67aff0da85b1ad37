import * as encryption from './encryption';
import * as httpApis from './http-apis';
import * as idleCost from './idle-cost';
import * as logs from './logs';
import * as network from './network';
import * as permissions from './permissions';
import * as references from './references';
import * as tags from './tags';
import * as timeLimits from './time-limits';
import type { CloudFormationTemplate } from '../template';

/** What holds of every template, whatever its props: a pure function from a template to its violations. */
export type Invariant = (template: CloudFormationTemplate) => string[];

export const INVARIANTS = {
  'no policy allows an action with a wildcard': permissions.noWildcardInActions,
  'no policy allows by exclusion': permissions.noStatementByExclusion,
  'no policy has a resource with a wildcard, unless AWS leaves no other way': permissions.noWildcardInResources,
  'each role does only what it is for': permissions.actionsAreExpected,
  'a map reads only the bucket of its list': permissions.mapsReadOnlyTheirLists,
  'each role is for a service': permissions.rolesAreForServices,
  'each role for a service of many accounts is for its own account': permissions.rolesAreForTheirAccount,
  'no role has a managed policy': permissions.noManagedPolicies,
  'no policy of a resource is open to everybody': permissions.resourcePoliciesAreNarrow,
  'each policy has roles, actions and resources': permissions.policiesAreComplete,
  'each bucket is private': network.bucketsArePrivate,
  'each bucket and each queue requires TLS': network.bucketsAndQueuesRequireTls,
  'no inbound connection is open to addresses': network.nothingIsOpenToAddresses,
  'a public IP address is only where it is needed': network.publicAddressesAreNeeded,
  'data is encrypted at rest': encryption.dataIsEncryptedAtRest,
  'file systems are mounted with TLS': encryption.fileSystemsAreMountedWithTls,
  'instances keep their role from containers': encryption.instancesProtectTheirRole,
  'no secret is in a template': encryption.secretsStayOutside,
  'logs expire': logs.logsExpire,
  'each function has a log group': logs.functionsHaveLogGroups,
  'each container has a log group': logs.containersHaveLogGroups,
  'each function has a time-out': timeLimits.functionsEnd,
  'each state machine has a time-out': timeLimits.executionsEnd,
  'each state that waits has a time-out or a heartbeat': timeLimits.waitingStatesEnd,
  'each task is retried, and not for ever': timeLimits.retriesAreFinite,
  'each attempt has a time-out': timeLimits.attemptsEnd,
  'a job that no instance can hold leaves its queue': timeLimits.misfitsLeaveTheQueue,
  'each message ends, in a dead-letter queue at worst': timeLimits.messagesEnd,
  'no message is handed out while it is handled': timeLimits.messagesAreNotHandledTwice,
  'a deployment leaves jobs alone': timeLimits.deploymentsLeaveJobsAlone,
  'objects expire': timeLimits.objectsExpire,
  'nothing costs money while no job runs': idleCost.nothingCostsWhileIdle,
  'capacity is bounded': idleCost.capacityIsBounded,
  'an API knows its callers': httpApis.callersAreKnown,
  'an open route of an API has a limit of its own': httpApis.openRoutesAreLimited,
  'requests to an API are limited and logged': httpApis.requestsAreLimitedAndLogged,
  'references resolve': references.referencesResolve,
  'no resource waits for itself': references.resourcesDoNotWaitForThemselves,
  'no resource is replaced when a tag changes': tags.tagsReplaceNothing,
  'tags reach what costs money': tags.tagsReachWhatCosts,
} satisfies Record<string, Invariant>;

/** All violations of a template, by invariant. Empty for a template that is right. */
export function violationsOf(template: CloudFormationTemplate): Record<string, string[]> {
  const all = Object.entries(INVARIANTS).map(([title, invariant]) => [title, invariant(template)] as const);
  return Object.fromEntries(all.filter(([, violations]) => violations.length > 0));
}
