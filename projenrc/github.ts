import { IResolver, Project, TextFile, YamlFile } from 'projen';

const input = (id: string, label: string, description: string, required = true) => ({ type: 'input', id, attributes: { label, description }, validations: { required } });
const area = (id: string, label: string, description: string, { required = true, render = undefined as string | undefined } = {}) => ({
  type: 'textarea', id, attributes: { label, description, render }, validations: { required },
});

const secrets = (...names: string[]) => Object.fromEntries(names.map((name) => [name, `\${{ secrets.${name} }}`]));

/**
 * The commits of the actions: a tag can be moved to other code, which would then publish in our name.
 * https://docs.github.com/en/actions/reference/security/secure-use#using-third-party-actions
 */
const ACTIONS: Record<string, { readonly commit: string; readonly tag: string }> = {
  'actions/checkout': { commit: 'fbc6f3992d24b796d5a048ff273f7fcc4a7b6c09', tag: 'v5.1.0' },
  'actions/setup-node': { commit: 'a0853c24544627f65ddf259abe73b1d18a591444', tag: 'v5.0.0' },
  'actions/setup-dotnet': { commit: '26b0ec14cb23fa6904739307f278c14f94c95bf1', tag: 'v5.4.0' },
  'actions/attest-build-provenance': { commit: '977bb373ede98d70efdf65b84cb5f73e068dcc2a', tag: 'v3.0.0' },
  'actions/attest-sbom': { commit: '4651f806c01d8637787e274ac3bdf724ef169f34', tag: 'v3.0.0' },
  'actions/upload-artifact': { commit: '330a01c490aca151604b8cf639adc76d48f6c5d4', tag: 'v5.0.0' },
  'actions/download-artifact': { commit: '018cc2cf5baa6db3ef3c5f8a56943fffe632ef53', tag: 'v6.0.0' },
  'pypa/gh-action-pypi-publish': { commit: 'ed0c53931b1dc9bd32cbe73a98c7f6766f8a527e', tag: 'v1.13.0' },
};

/** A workflow whose steps name their actions without a version. Each gets its commit, with the tag in a comment. */
class Workflow extends YamlFile {
  protected synthesizeContent(resolver: IResolver): string | undefined {
    return super.synthesizeContent(resolver)?.replace(/\buses: (\S+)$/gm, (_, action: string) => {
      if (!ACTIONS[action]) throw new Error(`no commit is known of the action ${action}: add it to ACTIONS`);
      return `uses: ${action}@${ACTIONS[action].commit} # ${ACTIONS[action].tag}`;
    });
  }
}

/** The files that GitHub reads: the workflows, the issue forms and the pull request template. */
export function githubFiles(project: Project): void {
  new Workflow(project, '.github/workflows/ci.yml', {
    obj: {
      name: 'ci',
      on: { push: { branches: ['main'] }, pull_request: {}, workflow_dispatch: {} },
      permissions: { contents: 'read' },
      concurrency: { 'group': 'ci-${{ github.ref }}', 'cancel-in-progress': true },
      jobs: {
        ci: {
          'runs-on': 'ubuntu-latest',
          'timeout-minutes': 90,
          // The lowest that package.json allows, and those that the documents recommend: docs/guide/quotas-and-facts.md
          'strategy': { 'fail-fast': false, 'matrix': { 'node-version': ['20', '22', '24'] } },
          'steps': [
            { uses: 'actions/checkout', with: { 'fetch-depth': 0 } }, // with the tags: the API is compared with the last one
            { uses: 'actions/setup-node', with: { 'node-version': '${{ matrix.node-version }}' } },
            { run: 'bash .ci/run' },
          ],
        },
      },
    },
  });

  // A tag `v1.2.3` is a release. What is published was built and checked here, and each file has an attestation that says from which commit.
  // https://docs.github.com/en/actions/how-tos/secure-your-work/use-artifact-attestations/use-artifact-attestations
  const toolchains = [
    { uses: 'actions/checkout', with: { 'fetch-depth': 0 } },
    { uses: 'actions/setup-node', with: { 'node-version': '24' } },
    { uses: 'actions/setup-dotnet', with: { 'dotnet-version': '8.x' } },
  ];
  new Workflow(project, '.github/workflows/release.yml', {
    obj: {
      name: 'release',
      on: { push: { tags: ['v*'] } },
      permissions: { contents: 'read' },
      jobs: {
        build: {
          'runs-on': 'ubuntu-latest',
          'timeout-minutes': 150,
          'permissions': { 'contents': 'read', 'id-token': 'write', 'attestations': 'write' },
          'steps': [
            ...toolchains,
            { run: 'bash .ci/run' },
            { run: 'npm version --no-git-tag-version --allow-same-version "${GITHUB_REF_NAME#v}"' },
            { run: 'rm -rf dist && npx projen pre-compile && npx projen compile && npx projen package-all' }, // not what CI has built for version 0.0.0
            { uses: 'actions/attest-build-provenance', with: { 'subject-path': 'dist/js/*\ndist/python/*\ndist/java/**/*.jar\ndist/dotnet/*\n' } },
            { uses: 'actions/attest-sbom', with: { 'subject-path': 'dist/js/*', 'sbom-path': 'sbom.cdx.json' } },
            { uses: 'actions/upload-artifact', with: { 'name': 'dist', 'path': 'dist', 'if-no-files-found': 'error' } },
          ],
        },
        publish: {
          'needs': 'build',
          'runs-on': 'ubuntu-latest',
          'timeout-minutes': 30,
          'environment': 'release', // a maintainer approves it
          'permissions': { 'contents': 'write', 'id-token': 'write' }, // for the release and the Go module; for trusted publishing
          'steps': [
            ...toolchains,
            { uses: 'actions/download-artifact', with: { name: 'dist', path: 'dist' } },
            { run: 'npm publish --provenance --access public dist/js/*.tgz' },
            { uses: 'pypa/gh-action-pypi-publish', with: { 'packages-dir': 'dist/python' } },
            { run: 'npx --yes --package publib@0.2.1061 publib-maven dist/java', env: { MAVEN_SERVER_ID: 'central-ossrh', ...secrets('MAVEN_USERNAME', 'MAVEN_PASSWORD', 'MAVEN_GPG_PRIVATE_KEY', 'MAVEN_GPG_PRIVATE_KEY_PASSPHRASE') } },
            { run: 'npx --yes --package publib@0.2.1061 publib-nuget dist/dotnet', env: secrets('NUGET_API_KEY') },
            { run: 'npx --yes --package publib@0.2.1061 publib-golang dist/go', env: { GITHUB_TOKEN: '${{ secrets.GO_MODULE_TOKEN }}' } },
            { run: 'gh release create "$GITHUB_REF_NAME" dist/js/*.tgz --verify-tag --generate-notes', env: { GH_TOKEN: '${{ github.token }}' } },
          ],
        },
      },
    },
  });

  new YamlFile(project, '.github/ISSUE_TEMPLATE/bug.yml', {
    obj: {
      name: 'Something does not work',
      description: 'A run, a deploy, an error message or a document is wrong.',
      labels: ['bug'],
      body: [
        { type: 'markdown', attributes: { value: 'For a vulnerability, please do not open an issue: see SECURITY.md. Remove account ids, tokens and secrets from what you paste.' } },
        area('what', 'What happened, and what did you expect?', 'With the verdict of the run (its `error` and `cause`), if there was a run.'),
        area('sample', 'How can we see it?', 'The shortest app that shows it. Does `npx heavy-batch run` show it too?', { render: 'ts' }),
        area('log', 'Log lines or the trace', 'Lines of the submit and check functions, or the output of `heavy-batch run --verbose`.', { required: false, render: 'text' }),
        input('version', 'Version of cdk-heavy-batch', 'For example 0.1.0.'),
        input('cdk', 'Version of aws-cdk-lib', 'For example 2.258.0.'),
        { type: 'dropdown', id: 'language', attributes: { label: 'Language of the app', options: ['TypeScript', 'Python', 'Java', 'C#', 'Go'] }, validations: { required: true } },
        { type: 'dropdown', id: 'where', attributes: { label: 'Where does it happen?', options: ['cdk synth', 'cdk deploy', 'a run in AWS', 'heavy-batch run', 'documentation'] }, validations: { required: true } },
      ],
    },
  });

  new YamlFile(project, '.github/ISSUE_TEMPLATE/feature.yml', {
    obj: {
      name: 'Something is missing',
      description: 'A prop, a command, a guide.',
      labels: ['enhancement'],
      body: [
        area('goal', 'What do you want to do?', 'The work that your job does, and what stops you today.'),
        area('idea', 'How should it look?', 'Props, a command or an output, as you would like to write or read it.', { required: false }),
        area('facts', 'What does AWS document about it?', 'Links to the documentation or to threads.', { required: false }),
      ],
    },
  });

  new YamlFile(project, '.github/ISSUE_TEMPLATE/config.yml', {
    obj: {
      blank_issues_enabled: true,
      contact_links: [
        { name: 'Vulnerability', url: 'https://github.com/cdk-heavy-batch/cdk-heavy-batch/security/advisories/new', about: 'Report it privately.' },
        { name: 'How does it work?', url: 'https://github.com/cdk-heavy-batch/cdk-heavy-batch/blob/main/docs/architecture.md', about: 'Architecture, rules and glossary.' },
      ],
    },
  });

  new TextFile(project, '.github/pull_request_template.md', {
    lines: [
      '## What changes, and why',
      '',
      '',
      '',
      '## Before it is merged',
      '',
      '- [ ] A test fails without this change.',
      '- [ ] Documentation and CHANGELOG.md say what is different.',
      '- [ ] No template replaces a resource that holds data or runs jobs (`test/safe-updates.test.ts`).',
      '- [ ] A decision that would surprise the next reader has a record in `docs/adr`.',
      '- [ ] `bash .ci/run` is green.',
      '',
    ],
  });
}
