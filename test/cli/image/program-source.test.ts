import { namedSourceOf, sourceOf } from '../../../cli/image/program-source';

const image = (base: string, ...instructions: string[]) => ({
  base,
  skipped: instructions.map((instruction, at) => ({ line: at + 2, instruction, text: instruction.replace(/^\w+ /, ''), reason: 'RUN steps do not run without an engine' })),
});

test.each([
  ['an instruction that names it', 'ffmpeg', image('ubuntu', 'RUN apt-get update', 'RUN apt-get install -y ffmpeg'), 'RUN apt-get install -y ffmpeg (line 3 of the Dockerfile)'],
  ['a package that begins with its name', 'aws', image('amazonlinux', 'RUN yum -y install which aws-cli'), 'RUN yum -y install which aws-cli (line 2 of the Dockerfile)'],
  ['a package of another version', 'python3.11', image('ubuntu', 'RUN apt-get install -y python3'), 'RUN apt-get install -y python3 (line 2 of the Dockerfile)'],
  ['the base image that has its name', 'pixi', image('ghcr.io/prefix-dev/pixi:latest', 'RUN pixi install --locked'), 'Its base image, ghcr.io/prefix-dev/pixi:latest,'],
  ['the base image rather than a package of its', 'python3', image('python:3.13', 'RUN pip install python-dateutil'), 'Its base image, python:3.13,'],
  ['an instruction that builds its file', '/tool', image('debian', 'RUN go build -o /out/tool .'), 'RUN go build -o /out/tool . (line 2 of the Dockerfile)'],
  ['a letter that is a word of its own', 'R', image('ubuntu', 'RUN make RELEASE=1', 'RUN apt-get install -y R'), 'RUN apt-get install -y R (line 3 of the Dockerfile)'],
])('%s brings a program', (_, program, recipe, source) => {
  expect(namedSourceOf(program, recipe)).toBe(source);
  expect(sourceOf(program, recipe)).toBe(source);
});

test.each([
  ['the base image without other instructions', image('debian:12'), 'Its base image, debian:12,'],
  ['the only instruction', image('debian:12', 'RUN pip install -e .'), 'RUN pip install -e . (line 2 of the Dockerfile) or its base image, debian:12,'],
  [
    'the last instruction that installs something, and does not only start the program',
    image('debian:12', 'RUN pip install -e .', 'RUN cp .tool/a /b', 'RUN tool install plugin && tool --version', 'RUN tool --help'),
    'RUN pip install -e . (line 2 of the Dockerfile), another instruction that is not carried out, or its base image, debian:12,',
  ],
])('a program that the Dockerfile does not name may be from %s', (_, recipe, source) => {
  expect(namedSourceOf('tool', recipe)).toBeUndefined();
  expect(sourceOf('tool', recipe)).toBe(source);
});
