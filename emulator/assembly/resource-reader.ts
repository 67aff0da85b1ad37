import { AssemblyError } from './assembly';
import type { DeployedFault } from './deployment';
import { ResolvedResource, ResolvedResources } from './resolved-resources';

const TABLE = /^(Condition$|KeySchema|AttributeDefinitions|(Global|Local)SecondaryIndexes(\.\d+(\.(IndexName|KeySchema|Projection)|$)|$)|TimeToLiveSpecification)/;

/**
 * What the emulator reads of a resource. What it does not read may be anything, such as the subnets of a compute environment, which another
 * app exports. Of the types that are not here, it reads all.
 */
const READ_PROPERTIES: Record<string, RegExp> = {
  'AWS::IAM::Role': /^Condition$/,
  'AWS::Logs::LogGroup': /^Condition$/,
  'AWS::S3::Bucket': /^(Condition$|LifecycleConfiguration)/,
  'AWS::DynamoDB::Table': TABLE,
  'AWS::DynamoDB::GlobalTable': TABLE,
  'AWS::ApiGatewayV2::Api': /^(Condition$|ProtocolType)/,
  'AWS::Lambda::Function': /^(Condition$|Role$|Handler|Code|Environment|Timeout|MemorySize)/,
  'AWS::SQS::Queue': /^(Condition$|VisibilityTimeout|MessageRetentionPeriod|RedrivePolicy)/,
  'AWS::Events::Rule': /^(Condition$|EventPattern|State$|Targets)/,
  'AWS::StepFunctions::StateMachine': /^(Condition$|RoleArn|Definition)/,
  'AWS::Batch::JobQueue': /^(Condition$|Priority|ComputeEnvironmentOrder|JobStateTimeLimitActions)/,
  'AWS::Batch::ComputeEnvironment': /^(Condition$|ComputeResources(\.(Type|MinvCpus|MaxvCpus|InstanceTypes)|$))/,
  'AWS::Batch::JobDefinition': /^(?!Tags|PropagateTags|(Container|Node)Properties\.(.*\.)?(ExecutionRoleArn|LogConfiguration|Secrets)(\.|$))/,
};

/** Reads the resources of an app, each apart: one that cannot be read is left out, and it is known why. */
export class ResourceReader {
  readonly faults: DeployedFault[] = [];

  constructor(private readonly resources: ResolvedResources) {}

  /** @param read returns an empty list for a resource that no run uses. An error says why a resource cannot be used. */
  read<T>(type: string, read: (resource: ResolvedResource) => T | T[]): T[] {
    return this.resources.ofType(type).flatMap((resource) => {
      const fault = resource.faults.find(({ property }) => READ_PROPERTIES[type]?.test(property) ?? true);
      try {
        if (fault) throw new AssemblyError(fault.message);
        return read(resource);
      } catch (error) {
        const { name: _, ...deployed } = resource.deployed;
        this.faults.push({ ...deployed, type, message: error instanceof AssemblyError ? error.message : `${deployed.path} cannot be read (${(error as Error).message}); correct it, and synthesize the app again` });
        return [];
      }
    });
  }
}
