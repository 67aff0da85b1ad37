// The code blocks of a README, as a reader takes them.

/**
 * Answers `{line, language, fixture, text, file, needsAccount, inClone}` of each block. Its first line may be a comment that names the
 * file that it is; an HTML comment before it may say where it is to be run, or that it needs an account.
 */
export function blocksOf(markdown) {
  const lines = markdown.split('\n');
  const blocks = [];
  for (let index = 0; index < lines.length; index++) {
    const [, indent, info] = /^(\s*)```(\S.*)?$/.exec(lines[index]) ?? [];
    if (indent === undefined) continue;
    const end = lines.findIndex((line, at) => at > index && line.trim() === '```');
    if (end < 0) throw new Error(`the block of line ${index + 1} has no end`);
    const [language = '', ...more] = (info ?? '').split(/\s+/);
    const text = lines.slice(index + 1, end).map((line) => line.slice(indent.length)).join('\n');
    blocks.push({
      line: index + 1,
      language,
      fixture: more.includes('nofixture') ? undefined : more.find((word) => word.startsWith('fixture='))?.slice('fixture='.length) ?? 'default',
      text: `${text}\n`,
      file: /^(?:\/\/|#) ([\w./-]+\/?\w*(?:\.\w+|Dockerfile))$/.exec(text.split('\n')[0])?.[1],
      needsAccount: lines[index - 1] === '<!-- needs an AWS account -->',
      inClone: lines[index - 1] === '<!-- in a clone of this repository -->',
    });
    index = end;
  }
  return blocks;
}

/** What it points to within the repository, with the line. */
export function linksOf(markdown) {
  return markdown.split('\n').flatMap((line, index) => [...line.matchAll(/\]\((?!https?:|#)([^)#\s]+)[^)]*\)/g)].map(([, to]) => ({ line: index + 1, to })));
}
