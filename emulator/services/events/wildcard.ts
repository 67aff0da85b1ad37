import { invalidPattern } from './invalid-pattern';
import { ANY_TEXT, matchesPattern } from '../../wildcards';

/**
 * How many beginnings of a wildcard may match one text at the same time. The number is not documented: EventBridge takes a wildcard
 * with 7 and refuses one with 10. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html#eb-filtering-wildcard-matching-complexity
 */
const MOST_BEGINNINGS = 7;

type Token = string | typeof ANY_TEXT;

/** Reads a wildcard: `*` matches any text, `\*` an asterisk, `\\` a backslash. */
export function readWildcard(wildcard: string): (value: string) => boolean {
  const tokens = tokensOf(wildcard);
  if (largestNumberOfBeginnings(tokens) > MOST_BEGINNINGS) {
    throw invalidPattern('Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences after a wildcard character');
  }
  return (value) => matchesPattern(tokens, [...value]);
}

function tokensOf(wildcard: string): Token[] {
  const tokens: Token[] = [];
  const characters = [...wildcard];
  for (let index = 0; index < characters.length; index++) {
    const [character, next] = [characters[index], characters[index + 1]];
    // EventBridge counts the quotation mark before the text too.
    const position = index + 1;
    if (character === '*' && next === '*') throw invalidPattern(`Consecutive wildcard characters at pos ${position}`);
    if (character === '\\' && next !== '*' && next !== '\\') throw invalidPattern(`Invalid escape character at pos ${position}`);
    if (character === '\\') index++;
    tokens.push(character === '*' ? ANY_TEXT : character === '\\' ? next : character);
  }
  return tokens;
}

/** An end of the search, which could take hours with a pattern that was made for it. */
const MOST_COMBINATIONS = 20_000;

/** Reads every text that the wildcard distinguishes, character by character, and returns the most beginnings that matched at once. */
function largestNumberOfBeginnings(tokens: readonly Token[]): number {
  const alphabet = [...new Set(tokens.filter((token) => token !== ANY_TEXT))];
  const withAnyText = (lengths: Set<number>) => new Set([...lengths].flatMap((length) => tokens[length] === ANY_TEXT ? [length, length + 1] : [length]));
  const seen = new Set<string>();
  const waiting = [withAnyText(new Set([0]))];
  let largest = 0;
  for (let lengths = waiting.pop(); lengths && largest <= MOST_BEGINNINGS; lengths = waiting.pop()) {
    const key = [...lengths].sort().join();
    if (seen.has(key)) continue;
    if (seen.size === MOST_COMBINATIONS) return Infinity;
    seen.add(key);
    largest = Math.max(largest, lengths.size);
    for (const character of alphabet) {
      const inAnyText = [...lengths].filter((length) => tokens[length - 1] === ANY_TEXT);
      const longer = [...lengths].filter((length) => tokens[length] === character).map((length) => length + 1);
      waiting.push(withAnyText(new Set([...inAnyText, ...longer])));
    }
  }
  return largest;
}
