// The breaks of the self-test: how the template of an app is changed, and the finding that must follow. A finding begins with the title of its break.

const ALLOW = { Effect: 'Allow' };

const added = (role, statement) => (resources) => policyOf(resources, role).Statement.push({ ...ALLOW, ...statement });

const aBreak = (title, finding, change) => ({ title, pattern: new RegExp(finding), change });

export const BREAKS = [
  aBreak('an action that does not exist', '(batch:SubmitTask does not exist|Unknown action batch:SubmitTask)', added('SubmitRole', { Action: 'batch:SubmitTask', Resource: 'arn:aws:batch:us-east-1:123456789012:job-queue/q' })),
  aBreak('a wildcard where a resource is supported', '(sqs:SendMessage is allowed on \\*|RESOURCE_STAR .*sqs:SendMessage)', added('SubmitRole', { Action: 'sqs:SendMessage', Resource: '*' })),
  aBreak('an action with a wildcard', '(sqs:\\* contains a wildcard|parliament: sqs:ListQueues requires)', added('SubmitRole', { Action: 'sqs:*', Resource: 'arn:aws:sqs:us-east-1:123456789012:queue' })),
  aBreak('a resource that the action does not support', 'sqs:SendMessage (does not support|requires)',
    added('SubmitRole', { Action: 'sqs:SendMessage', Resource: 'arn:aws:s3:::bucket' })),
  aBreak('a callback for a role that sends none', 'states:SendTaskSuccess (does not support|requires)',
    added('SubmitRole', { Action: 'states:SendTaskSuccess', Resource: 'arn:aws:states:us-east-1:123456789012:stateMachine:other' })),
  aBreak('a callback for the state machines of all accounts', 'states:SendTaskFailure (does not support|requires)',
    added('WatchRole', { Action: 'states:SendTaskFailure', Resource: 'arn:aws:states:us-east-1:*:stateMachine:*' })),
  aBreak('a list of jobs for a role that needs none', 'batch:ListJobs is allowed on \\*', added('WorkflowRole', { Action: 'batch:ListJobs', Resource: '*' })),
  aBreak('a policy of a resource that is not read', 'policy documents in the templates, but', (resources) => {
    resources.Topic = { Type: 'AWS::SNS::TopicPolicy', Properties: { Topics: [], PolicyDocument: { Version: '2012-10-17', Statement: [] } } };
  }),
  { title: 'an explanation that nothing needs', pattern: /is explained but does not occur/ },
];

function policyOf(resources, role) {
  const [, { Properties }] = Object.entries(resources).find(([id, { Type }]) => Type === 'AWS::IAM::Policy' && id.includes(`${role}DefaultPolicy`));
  return Properties.PolicyDocument;
}
