/** How many objects and lists are inside of each other in a text of JSON, at the most. What walks through very many would exhaust its stack. */
export function depthOf(json: string): number {
  let depth = 0;
  let deepest = 0;
  let isText = false;
  for (let at = 0; at < json.length; at++) {
    const character = json[at];
    if (character === '"') isText = !isText;
    else if (isText && character === '\\') at++;
    else if (!isText && (character === '{' || character === '[')) deepest = Math.max(deepest, ++depth);
    else if (!isText && (character === '}' || character === ']')) depth--;
  }
  return deepest;
}
