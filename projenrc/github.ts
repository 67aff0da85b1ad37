import { Project, TextFile, YamlFile } from 'projen';

const input = (id: string, label: string, description: string, required = true) => ({ type: 'input', id, attributes: { label, description }, validations: { required } });
const area = (id: string, label: string, description: string, { required = true, render = undefined as string | undefined } = {}) => ({
  type: 'textarea', id, attributes: { label, description, render }, validations: { required },
});

/** The files that GitHub reads: the workflow, the issue forms and the pull request template. */
export function githubFiles(project: Project): void {
  new YamlFile(project, '.github/workflows/ci.yml', {
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
            { uses: 'actions/checkout@v5', with: { 'fetch-depth': 0 } }, // with the tags: the API is compared with the last one
            { uses: 'actions/setup-node@v5', with: { 'node-version': '${{ matrix.node-version }}' } },
            { run: 'bash .ci/run' },
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
