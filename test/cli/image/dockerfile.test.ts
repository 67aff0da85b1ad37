import { DockerfileError, readDockerfile } from '../../../cli/image/dockerfile';

/** The expected values are derived by hand from https://docs.docker.com/reference/dockerfile/. */
const SH = ['/bin/sh', '-c'];

test.each<[string, string, string[] | undefined]>([
  ['CMD, exec form', 'FROM node\nCMD ["node", "index.js"]', ['node', 'index.js']],
  ['CMD, shell form', 'FROM node\nCMD node index.js --fast', [...SH, 'node index.js --fast']],
  ['CMD, exec form that is no JSON', "FROM node\nCMD ['node', 'index.js']", [...SH, "['node', 'index.js']"]],
  ['the last CMD', 'FROM node\nCMD ["a"]\nCMD ["b"]', ['b']],
  ['ENTRYPOINT alone', 'FROM node\nENTRYPOINT ["node", "index.js"]', ['node', 'index.js']],
  ['ENTRYPOINT and CMD', 'FROM node\nENTRYPOINT ["node"]\nCMD ["index.js"]', ['node', 'index.js']],
  ['ENTRYPOINT, shell form', 'FROM node\nENTRYPOINT exec node index.js', [...SH, 'exec node index.js']],
  ['ENTRYPOINT after CMD', 'FROM node\nCMD ["index.js"]\nENTRYPOINT ["node"]', ['node', 'index.js']],
  ['the last ENTRYPOINT', 'FROM node\nENTRYPOINT ["a"]\nENTRYPOINT ["b"]', ['b']],
  ['an ENTRYPOINT taken back', 'FROM node\nENTRYPOINT ["a"]\nENTRYPOINT []\nCMD ["b"]', ['b']],
  ['nothing', 'FROM node', undefined],
  ['SHELL', 'FROM node\nSHELL ["/bin/bash", "-o", "pipefail", "-c"]\nCMD a | b', ['/bin/bash', '-o', 'pipefail', '-c', 'a | b']],
  ['keywords in small letters', 'from node\ncmd ["a"]', ['a']],
  ['a continued line', 'FROM node\nCMD ["node", \\\n     "index.js"]', ['node', 'index.js']],
  ['a continued shell form', 'FROM node\nCMD node \\\n  index.js', [...SH, 'node   index.js']],
  ['a comment inside of a continued line', 'FROM node\nCMD node \\\n# why\n  index.js', [...SH, 'node   index.js']],
  ['another escape character', '# escape=`\nFROM windows\nCMD ["cmd", `\n "/S"]', ['cmd', '/S']],
  ['other directives and comments', '# syntax=docker/dockerfile:1\n# a comment\n\nFROM node\n# CMD ["no"]\nCMD ["yes"]', ['yes']],
  ['the mark of a byte order, which counts only at the beginning', 'FROM node\nCMD ["a\uFEFFb"]', ['a\uFEFFb']],
  ['a shell form that begins with a hash', 'FROM node\nCMD #!x', [...SH, '#!x']],
  ['Windows line ends', 'FROM node\r\nCMD ["node", "index.js"]\r\n', ['node', 'index.js']],
  ['a variable in the exec form stays', 'FROM node\nENV F=index.js\nCMD ["node", "$F"]', ['node', '$F']],
  ['a variable in the shell form stays for the shell', 'FROM node\nENV F=index.js\nCMD node $F', [...SH, 'node $F']],
  ['quotes in the exec form', 'FROM node\nCMD ["sh", "-c", "echo \\"hi\\" > a"]', ['sh', '-c', 'echo "hi" > a']],
  ['two stages', 'FROM node AS build\nCMD ["build"]\nFROM node\nCMD ["run"]', ['run']],
  ['a stage on a stage', 'FROM node AS base\nENTRYPOINT ["node"]\nCMD ["base.js"]\nFROM base\nCMD ["index.js"]', ['node', 'index.js']],
  ['a stage that inherits both', 'FROM node AS base\nENTRYPOINT ["node"]\nCMD ["base.js"]\nFROM base AS last\nRUN true', ['node', 'base.js']],
  ['an ENTRYPOINT resets the CMD of its base', 'FROM node AS base\nCMD ["base.js"]\nFROM base\nENTRYPOINT ["node"]', ['node']],
  ['a stage by its name\'s other case', 'FROM node AS Base\nCMD ["a"]\nFROM base', ['a']],
  ['a stage by an ARG', 'ARG BASE=one\nFROM node AS one\nCMD ["1"]\nFROM node AS two\nCMD ["2"]\nFROM ${BASE}', ['1']],
  ['a platform', 'FROM --platform=$BUILDPLATFORM node AS build\nCMD ["a"]\nFROM build', ['a']],
  ['RUN with a heredoc', 'FROM node\nRUN <<EOF\nCMD ["no"]\nEOF\nCMD ["yes"]', ['yes']],
  ['COPY with a heredoc', 'FROM node\nCOPY <<"EOF" /run.sh\n#!/bin/sh\nENTRYPOINT ["no"]\nEOF\nENTRYPOINT ["/run.sh"]', ['/run.sh']],
  ['much else', 'FROM node\nLABEL a=b\nEXPOSE 80\nUSER node\nVOLUME ["/data"]\nSTOPSIGNAL SIGINT\nHEALTHCHECK CMD ["no"]\nONBUILD CMD ["no"]\nADD . .\nMAINTAINER x\nCMD ["yes"]', ['yes']],
])('the command: %s', (_, text, command) => {
  expect(readDockerfile(text).command).toEqual(command);
});

test.each<[string, string, Record<string, string>]>([
  ['one', 'ENV A=1', { A: '1' }],
  ['several on a line', 'ENV A=1 B="two words" C=three\\ words', { A: '1', B: 'two words', C: 'three words' }],
  ['the old form', 'ENV A one two', { A: 'one two' }],
  ['a later one wins', 'ENV A=1\nENV A=2', { A: '2' }],
  ['of another', 'ENV A=1\nENV B=$A/b C=${A}c', { A: '1', B: '1/b', C: '1c' }],
  ['as they were before the line', 'ENV A=1\nENV A=2 B=$A', { A: '2', B: '1' }],
  ['with a default', 'ENV B=${A:-none} C=${B:+some}', { B: 'none', C: '' }],
  ['escaped', 'ENV A=1\nENV B=\\$A', { A: '1', B: '$A' }],
  ['in single quotes', "ENV A=1\nENV B='$A'", { A: '1', B: '$A' }],
  ['in double quotes', 'ENV A=1\nENV B="$A"', { A: '1', B: '1' }],
  ['of an ARG', 'ARG V=1.2\nENV V=$V', { V: '1.2' }],
  ['of the platform', 'ARG TARGETOS\nARG TARGETARCH\nENV P=$TARGETOS-$TARGETARCH', { P: 'linux-arm64' }],
  ['of an ARG that was given', 'ARG GIVEN=1\nENV G=$GIVEN', { G: 'given' }],
  ['of an ARG without a value', 'ARG NONE\nENV N=a$NONE', { N: 'a' }],
  ['over several lines', 'ENV A=1 \\\n  B=2', { A: '1', B: '2' }],
  ['over several lines, with a comment between them', 'ENV A=1 \\\n  # why\n\n  B=2', { A: '1', B: '2' }],
  ['the old form, in quotes', 'ENV A "one two"', { A: 'one two' }],
  ['with a default that has quotes', 'ENV A=${NONE:-"one two"}', { A: 'one two' }],
  ['set to nothing, or not set', 'ENV E=\nENV A=${E-a} B=${E:-b} C=${E+c} D=${E:+d}', { E: '', A: '', B: 'b', C: 'c', D: '' }],
  ['without its shortest or longest beginning', 'ENV A=foobarbaz\nENV B=${A#f*b} C=${A##f*b}', { A: 'foobarbaz', B: 'arbaz', C: 'az' }],
  ['without its shortest or longest end', 'ENV A=foobarbaz\nENV B=${A%b*} C=${A%%b*}', { A: 'foobarbaz', B: 'foobar', C: 'foo' }],
  ['with a part replaced, or all such parts', 'ENV A=foobarbaz\nENV B=${A/ba/fo} C=${A//b?/$A}', { A: 'foobarbaz', B: 'fooforbaz', C: 'foofoobarbazrfoobarbazz' }],
  ['with all of it replaced, once', 'ENV A=x\nENV B=${A//*/y} C=${A//x*/y} D=${A//x/}', { A: 'x', B: 'y', C: 'y', D: '' }],
  ['with a pattern that is escaped', 'ENV A=a.b*c\nENV B=${A/\\*/-} C=${A/./-}', { A: 'a.b*c', B: 'a.b-c', C: 'a-b*c' }],
  ['of the last ARG or ENV', 'ARG A=1\nENV A=2\nARG A=3\nENV B=$A', { A: '2', B: '3' }],
  ['of the platform, where it is declared', 'ENV A=x$TARGETARCH\nARG TARGETARCH\nENV B=$TARGETARCH', { A: 'x', B: 'arm64' }],
  ['in quotes within quotes', 'ENV A=\'one "two\' B="it\'s" C=\'a\\\' D="say \\"hi\\" for \\$5 \\n"', { A: 'one "two', B: "it's", C: 'a\\', D: 'say "hi" for $5 \\n' }],
  ['set to something', 'ENV X=1\nENV A=${X:-a} B=${X:+b} C=${X?needed} D=${X:?needed}', { X: '1', A: '1', B: 'b', C: '1', D: '1' }],
  ['with a pattern of a variable, or with a dollar sign', 'ENV A=foobar$ P=b\nENV B=${A/$P/x} C=${A/\\$/x} D=${A%$P*}', { A: 'foobar$', P: 'b', B: 'fooxar$', C: 'foobarx', D: 'foo' }],
  ['with parts replaced that are next to each other, or where nothing is', 'ENV A=abb E=\nENV B=${A//b/x} C=${E//*/y}', { A: 'abb', E: '', B: 'axx', C: 'y' }],
  ['of a number', 'ENV A=x$12y', { A: 'xy' }],
  ['the old form, with a long name and two spaces', 'ENV NAME  one two', { NAME: 'one two' }],
  ['over several lines, with spaces behind the end of a line and a space that is escaped', 'ENV A=a\\ b \\  \n  B=2', { A: 'a b', B: '2' }],
  ['what is no variable', 'ENV A=$ B=a$/b C="$"', { A: '$', B: 'a$/b', C: '$' }],
])('the environment: %s', (_, text, environment) => {
  expect(readDockerfile(`FROM node\n${text}`, { platform: 'linux/arm64', buildArgs: { GIVEN: 'given' } }).environment).toEqual(environment);
});

test('an ARG before FROM has a value in a stage only when the stage declares it again', () => {
  expect(readDockerfile('ARG V=1\nFROM node:$V\nENV A=$V').environment).toEqual({ A: '' });
  expect(readDockerfile('ARG V=1\nFROM node:$V\nARG V\nENV A=$V').environment).toEqual({ A: '1' });
});

test.each<[string, string, string]>([
  ['none', '', '/'],
  ['one', 'WORKDIR /app', '/app'],
  ['relative to the one before', 'WORKDIR /app\nWORKDIR jobs\nWORKDIR ../sort', '/app/sort'],
  ['of a variable', 'ENV HOME=/home/me\nWORKDIR $HOME/app', '/home/me/app'],
  ['in quotes', 'WORKDIR "/my app"', '/my app'],
])('the working directory: %s', (_, text, directory) => {
  expect(readDockerfile(`FROM node\n${text}`).workingDirectory).toBe(directory);
});

describe('a target', () => {
  const text = 'FROM node AS a\nWORKDIR /a\nCMD ["a"]\nFROM node AS b\nCMD ["b"]';

  test.each(['a', 'A'])('selects the stage with its name, in any case: %s', (target) => {
    expect(readDockerfile(text, { target })).toMatchObject({ command: ['a'], workingDirectory: '/a' });
  });

  test.each(['c', '0'])('that does not exist is an error: %s', (target) => {
    expect(() => readDockerfile(text, { target })).toThrow(`the Dockerfile has no stage '${target}'`);
  });
});

test('a stage has its name whatever options its FROM has', () => {
  expect(readDockerfile('FROM --platform=linux/arm64 node AS a\nCMD ["a"]\nFROM node\nCMD ["b"]', { target: 'a' }).command).toEqual(['a']);
});

test('the platform is that of this machine where none is given, and what builds runs on this machine', () => {
  const own = { x64: 'amd64', arm64: 'arm64' }[process.arch as 'x64' | 'arm64'];
  const text = 'FROM node\nARG TARGETPLATFORM\nARG TARGETVARIANT\nARG BUILDPLATFORM\nENV A=$TARGETPLATFORM,$TARGETVARIANT,$BUILDPLATFORM';
  expect(readDockerfile(text).environment.A).toBe(`linux/${own},,linux/${own}`);
  expect(readDockerfile(text, { platform: 'linux/arm/v7' }).environment.A).toBe(`linux/arm/v7,v7,linux/${own}`);
});

test('of two stages of the same name, the last is the target', () => {
  expect(readDockerfile('FROM node AS a\nCMD ["first"]\nFROM node AS a\nCMD ["second"]', { target: 'a' }).command).toEqual(['second']);
});

test('an instruction behind the target that cannot be read is an error', () => {
  expect(() => readDockerfile('FROM node AS a\nCMD ["a"]\nFROM node\nENV A', { target: 'a' })).toThrow('ENV A has no value for A');
});

describe('a word that has no value', () => {
  test('is an error in the stage of the image, and in a stage on which it is based', () => {
    expect(() => readDockerfile('FROM node\nENV A=${B?needed}')).toThrow('B: needed');
    expect(() => readDockerfile('FROM node AS a\nENV A=${B?needed}\nFROM a AS b\nFROM b')).toThrow('B: needed');
  });

  test('does not matter in a stage that the image does not need', () => {
    expect(readDockerfile('FROM node AS a\nENV A=${B?needed}\nFROM node\nCMD ["work"]').command).toEqual(['work']);
    expect(readDockerfile('FROM node AS a\nCMD ["work"]\nFROM node\nENV A=${B?needed}', { target: 'a' }).command).toEqual(['work']);
  });
});

describe('a stage that is based on another stage', () => {
  test('inherits the ARGs of its base, over which the variables of the image win', () => {
    expect(readDockerfile('FROM node AS a\nARG A=1\nENV B=2\nARG B=3\nFROM a\nENV C=$A-$B').environment).toEqual({ B: '2', C: '1-2' });
  });

  test('inherits the ARGs of the base of its base', () => {
    expect(readDockerfile('FROM node AS a\nARG A=1\nFROM a AS b\nFROM b\nENV C=$A').environment).toEqual({ C: '1' });
  });

  test('applies the ONBUILD instructions of its base, and does not pass them on', () => {
    const text = 'FROM node AS a\nONBUILD WORKDIR sub\nONBUILD ENV A=1\nFROM a AS b\nFROM b';
    expect(readDockerfile(text)).toMatchObject({ workingDirectory: '/sub', environment: { A: '1' } });
    expect(readDockerfile(text, { target: 'a' })).toMatchObject({ workingDirectory: '/', environment: {} });
  });
});

test('the variables of the base image can be used in ENV', () => {
  const baseEnvironment = { PATH: '/usr/bin', LANG: 'C' };
  expect(readDockerfile('FROM node\nENV PATH=/opt/venv/bin:$PATH', { baseEnvironment }).environment).toEqual({ PATH: '/opt/venv/bin:/usr/bin' });
});

test.each([
  ['# escape=`\nFROM windows\nENV A=a` b B=c:\\d', { A: 'a b', B: 'c:\\d' }],
  ['\uFEFFFROM node\nENV A=1', { A: '1' }],
])('the environment of %j', (text, environment) => {
  expect(readDockerfile(text).environment).toEqual(environment);
});

test.each([
  ['CMD ["a"]', 'the Dockerfile has no FROM'],
  ['FROM node\nCMD ["sleep", 5]', '["sleep", 5] has an element that is not a string'],
  ['FROM node\nENTER ["a"]', 'the Dockerfile has the unknown instruction ENTER'],
  ['FROM node\nENV A', 'ENV A has no value for A'],
  ['FROM node\nENV A=1 B', 'ENV A=1 B has no value for B'],
  ['FROM node\nENV A="1', '"1 has no closing "'],
  ["FROM node\nENV A='1", "'1 has no closing '"],
  ['FROM node\nENV A=${B', '${B has a modifier that is not supported'],
  ['FROM node\nENV A=${B:-c', '${B:-c has no closing }'],
  ['FROM node\nENV A=${B/c}', '${B/c} has no closing /'],
  ['FROM node\nENV A=${B^^}', '${B^^} has a modifier that is not supported'],
  ['FROM node\nENV A=${}', '${} has a variable without a name'],
  ['FROM node\nENV A="${B:?is needed}"', 'B: is needed'],
])('the Dockerfile %j is an error', (text, message) => {
  expect(() => readDockerfile(text)).toThrow(message);
  expect(() => readDockerfile(text)).toThrow(DockerfileError);
});
