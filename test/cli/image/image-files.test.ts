import * as fs from 'node:fs';
import * as path from 'node:path';
import { build, contentsOf, isRoot, temporary } from './directories';
import { buildImage, configOf, DockerfileError } from '../../../cli/image/image-files';

test('an image has the configuration, the base and the files of its Dockerfile', () => {
  const dockerfile = 'ARG BASE=debian:12\nFROM $BASE\nARG WHO=app\nENV A=1\nWORKDIR /app\nCOPY run.sh .\nUSER $WHO:1000\nSTOPSIGNAL SIGINT\nVOLUME /data ["/x"]\nVOLUME ["/data", "/cache"]\nENTRYPOINT ["/app/run.sh"]\nCMD ["a"]';
  const built = build(dockerfile, { 'run.sh': 'run' });
  expect(built.config).toEqual({
    command: ['/app/run.sh', 'a'],
    entrypoint: ['/app/run.sh'],
    environment: { A: '1' },
    workingDirectory: '/app',
    user: 'app:1000',
    stopSignal: 'SIGINT',
    volumes: ['/data', '[/x]', '/cache'],
  });
  expect(built).toMatchObject({ base: 'debian:12', skipped: [], files: { 'app/run.sh': 'run', 'data/': '', 'cache/': '' } });
});

test('a configuration is read without the files', () => {
  const directory = temporary({ 'docker/job.Dockerfile': 'FROM a\nCOPY missing /\nENV PATH=/opt/bin:$PATH\nCMD ["a"]' });
  const image = { directory, dockerfile: 'docker/job.Dockerfile', buildArgs: {} };
  expect(configOf(image)).toMatchObject({ command: ['a'], volumes: [], environment: { PATH: '/opt/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' } });
  expect(configOf(image, { PATH: '/mine' }).environment.PATH).toBe('/opt/bin:/mine');
  expect(contentsOf(directory)).toHaveProperty(['docker/job.Dockerfile']);
});

describe('the stages of an image', () => {
  const lines = 'FROM debian:12 AS one\nCOPY a /one\nRUN make one\nFROM one AS two\nCOPY a /two\nRUN make two\nFROM scratch\nCOPY --from=one /one /three\nRUN make three';

  test.each<[string | undefined, string, Record<string, string>, number[]]>([
    ['one', 'debian:12', { one: 'a' }, [3]],
    ['two', 'debian:12', { one: 'a', two: 'a' }, [3, 6]],
    [undefined, 'scratch', { three: 'a' }, [3, 9]],
  ])('are those that its target needs: %s', (target, base, files, skipped) => {
    const built = build(lines, { a: 'a' }, { target });
    expect(built).toMatchObject({ base, files });
    expect(built.files).toEqual(files);
    expect(built.skipped.map(({ line }) => line)).toEqual(skipped);
  });

  test('apply the ONBUILD instructions of their base', () => {
    const built = build('FROM a AS one\nONBUILD COPY a /a\nONBUILD COPY <<EOF /b\n1\nEOF\nONBUILD RUN make\nFROM one\nWORKDIR /x', { a: 'a' });
    expect(built.files).toEqual({ 'a': 'a', 'b': '1\n', 'x/': '' });
    expect(built.skipped).toMatchObject([{ line: 6, instruction: 'RUN make', reason: 'RUN steps do not run without an engine' }]);
  });
});

test('a working directory belongs to the user, where that is known', () => {
  const { root } = build('FROM a\nWORKDIR /a\nUSER 1001\nWORKDIR /b/c\nUSER nobody-knows\nWORKDIR /d');
  const owners = ['a', 'b', 'b/c', 'd'].map((name) => fs.statSync(path.join(root, name)).uid);
  expect(owners).toEqual(isRoot ? [0, 1001, 1001, 0] : Array(4).fill(process.getuid!()));
});

test.each([
  ['ARG BASE\nFROM ${BASE}', ':2: the image in FROM ${BASE} is blank; give its ARG a default before FROM, or a value in the build arguments'],
  ['FROM a\nENTER', ':2: the Dockerfile has the unknown instruction ENTER'],
  ['FROM a b', ':1: FROM a b is not FROM <image> or FROM <image> AS <name>'],
  ['FROM a AS 1', ':1: 1 cannot name a stage'],
  ['CMD ["a"]\nFROM a', ':1: the Dockerfile has no FROM before CMD ["a"]'],
  ['', ': the Dockerfile has no FROM'],
  ['FROM a\nSTOPSIGNAL SIGNAL', ":2: 'SIGNAL' is not a signal; use a name such as SIGINT, or a number"],
  ['FROM a\nVOLUME ["", "/x"]', ':2: VOLUME ["", "/x"] has an empty path'],
  ['FROM a\nENV A=${B:?needed}', ':2: B: needed'],
  ['# escape=x\nFROM a', ': the escape character is x; use \\ or `'],
  ['FROM a\n\nCOPY \\\n  # why\n  x /', ':3: "/x": not found'],
  ['FROM a\nWORKDIR /Dockerfile\nCOPY Dockerfile /x\nWORKDIR /x/y', ':4: /x is a file, where a directory is needed'],
])('the Dockerfile %j cannot be built, and the error names the line', (dockerfile, message) => {
  const directory = temporary({ Dockerfile: dockerfile });
  const run = () => buildImage({ directory, dockerfile: 'Dockerfile', buildArgs: {} }, temporary());
  expect(run).toThrow(DockerfileError);
  expect(run).toThrow(`${directory}/Dockerfile${message}`);
});

test('a Dockerfile that does not exist is an error', () => {
  expect(() => configOf({ directory: '/none', dockerfile: 'Dockerfile', buildArgs: {} })).toThrow('/none/Dockerfile does not exist; add it');
});

test.each(['SIGTERM', 'term', '9', 'SIGRTMIN+3'])('a stop signal can be %s', (signal) => {
  expect(build(`FROM a\nSTOPSIGNAL ${signal}`).config.stopSignal).toBe(signal);
});

test('nothing that was made for other stages is left', () => {
  const temporaries = () => fs.readdirSync(path.dirname(temporary())).filter((name) => name.startsWith(`heavy-batch-image-${process.pid}-`));
  build('FROM a AS one\nCOPY <<EOF /x\n1\nEOF\nFROM b\nCOPY --from=one /x /');
  expect(temporaries()).toEqual([]);
});

test('thousands of files are copied', () => {
  const names = Array.from({ length: 1000 }, (_, index) => `src/${index % 50}/${index}.txt`);
  const built = build('FROM a\nCOPY src /src', { ...Object.fromEntries(names.map((name) => [name, name])), '.dockerignore': '**/*.md\n!README.md' });
  expect(Object.keys(built.files)).toHaveLength(1000);
});
