import { App, Stack, Tags } from 'aws-cdk-lib';
import { CloudFormationStackArtifact } from 'aws-cdk-lib/cx-api';
import { HeavyBatchCompute, HeavyBatchJob, IHeavyBatchCompute } from 'cdk-heavy-batch';
import { IMAGE, newDirectory } from './apps';
import { readAssembly } from '../emulator/assembly/assembly';
import { DeployedRole } from '../emulator/assembly/deployment';
import { readDeployment } from '../emulator/assembly/read-deployment';

export interface Growth {
  readonly jobs: string;
  /** Of the largest stack. CloudFormation accepts 500. */
  readonly resources: number | string;
  /** Of the largest stack. CloudFormation accepts 1,000,000. */
  readonly templateBytes: number | string;
  /** Of the inline policies of the compute's role that has the most. IAM accepts 10,240. */
  readonly policyCharacters: number | string;
  readonly policyCharactersPerFurtherJob: number | string;
  /** Of the largest definition of a state machine. Step Functions accepts 1 MB. */
  readonly definitionCharacters: number | string;
  /** EventBridge accepts 300 on a bus. */
  readonly rules: number | string;
}

/** What CloudFormation, IAM, Step Functions and EventBridge limit, with more and more jobs on one compute with Spot and tags. */
export function growth(): Growth[] {
  const apps = [...[1, 20, 50, 92].map((jobs) => appWith(`${jobs} in a stack`, jobs, false)), appWith('50 in stacks of their own', 50, true)];
  const alone = apps[0].figures.policyCharacters as number;
  return apps.map(({ app, jobs, figures }) => ({
    jobs: app,
    resources: figures.resources,
    templateBytes: figures.templateBytes,
    policyCharacters: figures.policyCharacters,
    policyCharactersPerFurtherJob: typeof figures.policyCharacters === 'string' || jobs === 1 ? '' : (figures.policyCharacters - alone) / (jobs - 1),
    definitionCharacters: figures.definitionCharacters,
    rules: figures.rules,
  }));
}

type Figures = Omit<Growth, 'jobs' | 'policyCharactersPerFurtherJob'>;

function appWith(title: string, jobs: number, apart: boolean): { app: string; jobs: number; figures: Figures } {
  const outdir = newDirectory('growth');
  const app = new App({ outdir, analyticsReporting: false });
  const shared = new Stack(app, 'Shared');
  const compute = new HeavyBatchCompute(shared, 'Compute', { spot: true });
  for (let number = 0; number < jobs; number++) addJob(apart ? new Stack(app, `Team${number}`) : shared, `Job${number}`, compute);
  Tags.of(app).add('CostCenter', 'maps');
  Tags.of(app).add('Owner', 'team');
  try {
    const { stacks } = app.synth();
    return { app: title, jobs, figures: figuresOf(outdir, stacks) };
  } catch (error) {
    const refused = /^'compute' serves jobs in a stack/.test((error as Error).message);
    if (!refused) throw error;
    return { app: `${title}: refused`, jobs, figures: { resources: '', templateBytes: '', policyCharacters: '', definitionCharacters: '', rules: '' } };
  }
}

function addJob(stack: Stack, id: string, compute: IHeavyBatchCompute): void {
  new HeavyBatchJob(stack, id, { compute, imageDirectory: IMAGE, command: ['node', 'index.js', 'Ref::processId'], parameters: { processId: 'none' } });
}

function figuresOf(outdir: string, stacks: CloudFormationStackArtifact[]): Figures {
  const { roles, stateMachines, rules } = readDeployment(readAssembly(outdir));
  return {
    resources: Math.max(...stacks.map(({ template }) => Object.keys(template.Resources).length)),
    templateBytes: Math.max(...stacks.map(({ template }) => Buffer.byteLength(JSON.stringify(template, undefined, 1)))),
    policyCharacters: Math.max(...roles.filter(({ path }) => path.includes('/Compute/')).map(charactersOf)),
    definitionCharacters: Math.max(...stateMachines.map(({ definition }) => JSON.stringify(definition).length)),
    rules: rules.length,
  };
}

/** Without white space, which IAM does not count: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
function charactersOf({ policies }: DeployedRole): number {
  return policies.reduce((sum, policy) => sum + JSON.stringify(policy).replace(/\s/g, '').length, 0);
}
