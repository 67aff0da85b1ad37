// The Maven artifacts, in a local repository in which a project's pom.xml finds them.
import fs from 'node:fs';
import path from 'node:path';
import { step } from '../step.mjs';

export default {
  name: 'java',
  needs: ['java', 'mvn'],
  apps: { quickstart: 'examples/java/quickstart', everything: 'test/languages/java' },
  program: ['java', 'Trips.java'],

  async install({ place, dist, apps }) {
    const repository = path.join(place, 'repository');
    fs.cpSync(path.join(dist, 'java'), repository, { recursive: true });
    for (const [name, app] of Object.entries(apps)) {
      fs.mkdirSync(path.join(app, '.mvn'), { recursive: true });
      fs.writeFileSync(path.join(app, '.mvn', 'maven.config'), `-Dmaven.repo.local=${repository}\n--batch-mode\n`);
      await step(`java: mvn compile ${name}`, 'mvn', ['-q', 'compile'], { cwd: app });
    }
    return {};
  },
};
