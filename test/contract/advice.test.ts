import * as fs from 'fs';
import * as path from 'path';
import { adviceOn } from '../../src/contract/advice';

test('each reason in the guide on verdicts has advice, in sentences', () => {
  const guide = fs.readFileSync(path.join(__dirname, '../../docs/guide/verdicts.md'), 'utf8');
  const reasons = [...guide.matchAll(/^\| `(\w+)` \|/gm)].map(([, reason]) => reason);
  expect(reasons.length).toBeGreaterThan(15);
  reasons.forEach((reason) => expect([reason, adviceOn(reason)]).toEqual([reason, expect.stringMatching(/^[A-Z].+\.$/)]));
});

test('a reason that is not known has none', () => {
  expect(['Other', 'constructor', ''].map(adviceOn)).toEqual([undefined, undefined, undefined]);
});
