// The Go module. It is published to a repository of its own; here a `replace` directive points to a directory.
import path from 'node:path';
import { step } from '../step.mjs';

const MODULE = 'github.com/cdk-heavy-batch/cdk-heavy-batch-go/cdkheavybatch';

export default {
  name: 'go',
  needs: ['go'],
  apps: { quickstart: 'examples/go/quickstart', everything: 'test/languages/go' },
  program: ['./trips'],

  async install({ dist, apps }) {
    for (const [name, app] of Object.entries(apps)) {
      await step(`go: go mod edit ${name}`, 'go', ['mod', 'edit', '-replace', `${MODULE}=${path.join(dist, 'go', 'cdkheavybatch')}`], { cwd: app });
      await step(`go: go mod tidy ${name}`, 'go', ['mod', 'tidy'], { cwd: app });
      await step(`go: go build ${name}`, 'go', ['build', '-o', path.join(app, 'app'), '.'], { cwd: app });
    }
    return {};
  },
};
