// The code blocks and links of a Markdown file.

const FILE_NAME = /^(?:\/\/|#) ([\w./-]+\/?\w*(?:\.\w+|Dockerfile))$/;

const END_OF_FILE = /^(?:\/\/|#) at the end of ([\w./-]+)$/;

/**
 * Returns `{line, language, words, fixture, text, file, endOf}` of each block. `words` are the words after the language: `clone` and `aws` say
 * where a shell block runs, `output of <command>` what a text block shows, `nofixture` and `fixture=<name>` how jsii-rosetta completes a TypeScript sample. `file` is the name of a file, if
 * the first line of the block is a comment with it, and `endOf` that of a file which the block goes on with.
 */
export function blocksOf(markdown) {
  const lines = markdown.split('\n');
  const blocks = [];
  for (let index = 0; index < lines.length; index++) {
    const [, indent, info] = /^(\s*)```(.*)$/.exec(lines[index]) ?? [];
    if (indent === undefined) continue;
    const end = lines.findIndex((line, position) => position > index && line.trim() === '```');
    if (end < 0) throw new Error(`the block of line ${index + 1} has no end`);
    const [language, ...words] = info.trim().split(/\s+/);
    const content = lines.slice(index + 1, end).map((line) => line.slice(indent.length));
    const fixture = words.find((word) => word.startsWith('fixture='))?.slice('fixture='.length) ?? 'default';
    blocks.push({
      line: index + 1,
      language,
      words,
      fixture: words.includes('nofixture') ? undefined : fixture,
      text: `${content.join('\n')}\n`,
      file: FILE_NAME.exec(content[0] ?? '')?.[1],
      endOf: END_OF_FILE.exec(content[0] ?? '')?.[1],
    });
    index = end;
  }
  return blocks;
}

/** The links to files of the repository, with their lines. */
export function linksOf(markdown) {
  return markdown.split('\n').flatMap((line, index) => [...line.matchAll(/\]\((?!https?:|#)([^)#\s]+)[^)]*\)/g)].map(([, target]) => ({ line: index + 1, target })));
}
