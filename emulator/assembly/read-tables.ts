import type { DeployedTable } from './deployment';
import type { ResourceReader } from './resource-reader';

/**
 * The tables of DynamoDB, of both types: the CDK makes a global table of each TableV2.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html,
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-globaltable.html
 */
export function readTables(reader: ResourceReader): DeployedTable[] {
  return ['AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable'].flatMap((type) => reader.read(type, ({ properties, deployed }) => {
    const { KeySchema, AttributeDefinitions, GlobalSecondaryIndexes, LocalSecondaryIndexes, TimeToLiveSpecification: timeToLive } = properties;
    return {
      ...deployed,
      description: {
        KeySchema,
        AttributeDefinitions,
        GlobalSecondaryIndexes: indexesOf(GlobalSecondaryIndexes),
        LocalSecondaryIndexes: indexesOf(LocalSecondaryIndexes),
      },
      timeToLiveAttribute: isTrue(timeToLive?.Enabled) ? timeToLive.AttributeName : undefined,
    };
  }));
}

function indexesOf(indexes: readonly any[] | undefined): object[] | undefined {
  return indexes?.map(({ IndexName, KeySchema, Projection }) => ({ IndexName, KeySchema, Projection }));
}

/** A template may have its flags as texts. */
function isTrue(flag: unknown): boolean {
  return String(flag) === 'true';
}
