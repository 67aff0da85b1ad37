import * as fs from 'node:fs';
import * as path from 'node:path';
import { giveTo } from '../../../cli/image/owners';
import { temporary } from '../../emulator/apps';

const place = path.join(temporary(), 'file');
fs.writeFileSync(place, '');

const chown = (code: string) => jest.spyOn(jest.requireActual<typeof fs>('node:fs'), 'lchownSync').mockImplementation(() => { throw Object.assign(new Error(code), { code }); });

beforeEach(() => jest.spyOn(process, 'getuid').mockReturnValue(0));
afterEach(() => jest.restoreAllMocks());

test.each(['EINVAL', 'EPERM'])('a file stays with its owner where root may not give it away: %s', (code) => {
  const give = chown(code);
  expect(() => giveTo(place, { uid: 1000, gid: 1000 })).not.toThrow();
  expect(give).toHaveBeenCalledWith(place, 1000, 1000);
});

test('another problem of the file system is not hidden', () => {
  chown('EIO');
  expect(() => giveTo(place, { uid: 1000 })).toThrow('EIO');
});
