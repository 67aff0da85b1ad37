import { readDockerfile } from '../../../local/cli/dockerfile';

/** The expectations are worked out by hand from https://docs.docker.com/reference/dockerfile/. */
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
  ['of an ARG that was given', 'ARG GIVEN=1\nENV G=$GIVEN', { G: 'given' }],
  ['of an ARG without a value', 'ARG NONE\nENV N=a$NONE', { N: 'a' }],
  ['over several lines', 'ENV A=1 \\\n  B=2', { A: '1', B: '2' }],
])('the environment: %s', (_, text, environment) => {
  expect(readDockerfile(`FROM node\n${text}`, { GIVEN: 'given' }).environment).toEqual(environment);
});

test('an ARG before FROM is known in a stage only where it is declared again', () => {
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

  test('is a stage by its name or its number', () => {
    expect(readDockerfile(text, {}, 'a')).toMatchObject({ command: ['a'], workingDirectory: '/a' });
    expect(readDockerfile(text, {}, '1')).toMatchObject({ command: ['b'], workingDirectory: '/' });
  });

  test('that is not there is an error', () => {
    expect(() => readDockerfile(text, {}, 'c')).toThrow("the Dockerfile has no stage 'c'");
  });
});

test('a Dockerfile without FROM is an error', () => {
  expect(() => readDockerfile('CMD ["a"]')).toThrow('the Dockerfile has no FROM');
});
