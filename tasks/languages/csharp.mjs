// The NuGet package, with a directory as its source. Where there is no dotnet, the package is generated but not built.
import path from 'node:path';
import { step } from '../step.mjs';

export default {
  name: 'csharp',
  needs: ['dotnet'],
  apps: { quickstart: 'test/languages/csharp/quickstart', everything: 'test/languages/csharp/everything' },
  program: ['node', 'index.js'],

  async install({ place, dist, apps }) {
    const env = { NUGET_PACKAGES: path.join(place, 'packages'), DOTNET_CLI_TELEMETRY_OPTOUT: '1', DOTNET_NOLOGO: '1' };
    for (const [name, app] of Object.entries(apps)) {
      await step(`csharp: dotnet restore ${name}`, 'dotnet', ['restore', `-p:RestoreAdditionalProjectSources=${path.join(dist, 'dotnet')}`], { cwd: app, env });
      await step(`csharp: dotnet build ${name}`, 'dotnet', ['build', '--no-restore'], { cwd: app, env });
    }
    return { env };
  },
};
