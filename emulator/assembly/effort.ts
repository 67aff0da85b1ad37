import { AssemblyError } from './assembly-error';

/** Values inside of each other, also through references. What is deeper refers to itself. */
const DEEPEST = 300;
/** Values of an app. A template of 1 MB has some 50,000. */
const MOST_VALUES = 5_000_000;
/** Parts of a text. A list of a template has some thousands. */
const MOST_PARTS = 100_000;
/** Characters. More than a template has. */
const LONGEST_TEXT = 4 * 1024 * 1024;

/**
 * How much has been done to resolve the templates of an app. A few values that refer to each other can have very many values, very long texts, or no
 * end: https://en.wikipedia.org/wiki/Billion_laughs_attack
 */
export class Effort {
  private depth = 0;
  private values = 0;

  /** Does what resolves one value. */
  spend<T>(where: string, resolve: () => T): T {
    if (++this.values > MOST_VALUES) throw new AssemblyError(`the templates of the app have more than ${MOST_VALUES} values; ${where} is where the emulator gives up`);
    if (this.depth >= DEEPEST) throw new AssemblyError(`${where} has a value that refers to itself, or is more than ${DEEPEST} levels deep; correct it, and synthesize the app again`);
    this.depth++;
    try {
      return resolve();
    } finally {
      this.depth--;
    }
  }

  /** The parts of a text. Each of them counts as a value. */
  parts(text: string, delimiter: string): string[] {
    const parts = this.text(text).split(delimiter, MOST_PARTS + 1);
    if (parts.length > MOST_PARTS) throw new AssemblyError(`it would have more than ${MOST_PARTS} parts`);
    this.values += parts.length;
    return parts;
  }

  text(text: string): string {
    if (text.length > LONGEST_TEXT) throw new AssemblyError(`it would have more than ${LONGEST_TEXT} characters`);
    return text;
  }
}
