import * as fs from 'fs';
import * as path from 'path';
import type { App, Stack } from 'aws-cdk-lib';
import * as core from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { transpileModule } from 'typescript';
import type { CloudFormationTemplate } from './template';
import * as library from '../../src';
import { newStack, SNAPSHOTS } from '../stacks';

const EXAMPLES = path.join(__dirname, '..', '..', 'examples', 'typescript');

/** The templates of an app, by a name that can be the name of a file. */
export type Templates = Record<string, CloudFormationTemplate>;

/** The names of all examples. The quickstarts in other languages make the same template: `npm run languages` compares them. */
export const exampleNames = fs.readdirSync(EXAMPLES).sort();

/** All examples, and the stacks that combine props. Each is synthesized when it is first asked for. */
export const APPS: Record<string, () => Templates> = Object.fromEntries([
  ...exampleNames.map((name) => [`example-${name}`, once(() => templatesOfExample(name))] as const),
  ...Object.entries(SNAPSHOTS).map(([title, build]) => {
    const name = title.replace(/\W+/g, '-');
    return [name, once(() => ({ [name]: templateOf(build) }))] as const;
  }),
]);

export function everyTemplate(): Templates {
  return Object.assign({}, ...Object.values(APPS).map((templates) => templates()));
}

function templateOf(build: (stack: Stack) => void): CloudFormationTemplate {
  const stack = newStack();
  build(stack);
  return Template.fromStack(stack).toJSON();
}

/** The app of an example runs in this process with the sources of the library, and the `App` that it makes is kept. */
function templatesOfExample(name: string): Templates {
  const apps: App[] = [];
  class ExampleApp extends core.App {
    constructor() {
      super({ analyticsReporting: false });
      apps.push(this);
    }
  }
  const file = path.join(EXAMPLES, name, 'app.ts');
  const replaced: Record<string, object> = {
    'aws-cdk-lib': new Proxy(core, { get: (target, key) => key === 'App' ? ExampleApp : target[key as keyof typeof core] }),
    'cdk-heavy-batch': library,
  };
  const load = (module: string) => replaced[module] ?? require(module); // eslint-disable-line @typescript-eslint/no-require-imports
  const { outputText } = transpileModule(fs.readFileSync(file, 'utf8'), { compilerOptions: { module: 1, target: 9, esModuleInterop: false } });
  new Function('require', 'exports', '__dirname', outputText)(load, {}, path.dirname(file)); // eslint-disable-line no-new-func
  const stacks = apps.flatMap((app) => app.node.children).filter((child): child is Stack => core.Stack.isStack(child));
  return Object.fromEntries(stacks.map((stack) => [`example-${name}-${stack.stackName}`, Template.fromStack(stack).toJSON()]));
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => made ??= make();
}
