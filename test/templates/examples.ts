import * as fs from 'fs';
import * as path from 'path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { CloudFormationTemplate } from './template';
import { newStack, SNAPSHOTS } from '../stacks';

const EXAMPLES = path.join(__dirname, '..', '..', 'examples', 'typescript');

/** The names of all examples. The quickstarts in other languages make the same template: `npm run languages` compares them. */
export const exampleNames = fs.readdirSync(EXAMPLES).sort();

/**
 * The templates of all examples. Their apps run in this process, with the sources of the library, and the `App` that each of them makes is kept.
 */
function templatesOfExamples(): (readonly [string, CloudFormationTemplate])[] {
  const core = jest.requireActual('aws-cdk-lib');
  let app: App | undefined;
  class ExampleApp extends core.App {
    constructor() {
      super({ analyticsReporting: false });
      app = this as unknown as App; // eslint-disable-line @typescript-eslint/no-this-alias
    }
  }
  jest.doMock('aws-cdk-lib', () => new Proxy(core, { get: (target, key) => key === 'App' ? ExampleApp : target[key] }));
  jest.doMock('cdk-heavy-batch', () => jest.requireActual('../../src'), { virtual: true });
  return exampleNames.flatMap((name) => {
    jest.requireActual(path.join(EXAMPLES, name, 'app.ts'));
    return app!.node.children.filter((child): child is Stack => core.Stack.isStack(child))
      .map((stack) => [`example-${name}-${stack.stackName}`, Template.fromStack(stack).toJSON()] as const);
  });
}

/** The templates of all examples, and of the stacks that combine props, by a name that can be the name of a file. */
export function everyTemplate(): Record<string, CloudFormationTemplate> {
  const ofStacks = Object.entries(SNAPSHOTS).map(([title, build]) => {
    const stack = newStack();
    build(stack);
    return [title.replace(/\W+/g, '-'), Template.fromStack(stack).toJSON()] as const;
  });
  return Object.fromEntries([...templatesOfExamples(), ...ofStacks]);
}
