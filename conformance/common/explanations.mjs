// What an outside program reports although it is right, or does not know. Each explanation is valid at one kind of place only.

/** The construct path of a resource without slashes: its logical id without the hash that the CDK appends. */
export function placeOf(logicalId) {
  return logicalId.replace(/[0-9A-F]{8}$/, '');
}

export class Explanations {
  #used = new Set();

  /** `{ what, type, place, reason }`: what is reported, and where: a type of resource or statement, and a pattern for its whole place. */
  constructor(list) {
    this.list = list;
  }

  /** Whether this is explained, at this place. */
  covers({ what, type, place }) {
    const found = this.list.filter((entry) => entry.what === what && entry.type === type && new RegExp(`^(${entry.place.source})$`).test(place));
    for (const entry of found) this.#used.add(entry);
    return found.length > 0;
  }

  /** Prints the reasons. A reason that was not used fails: it must be removed. */
  report(findings) {
    findings.explained(this.list.map((entry) => ({ name: `${entry.what}, ${entry.type} at ${entry.place.source}`, reason: entry.reason, isUsed: this.#used.has(entry) })));
  }
}
