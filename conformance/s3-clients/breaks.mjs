// In a self-test: breaks of the emulated S3, each with the program that must see it.
export const BREAKS = [
  {
    title: 'an upload whose parts are in the wrong order',
    change: { file: 'emulator/services/s3/uploads.ts', from: 'Buffer.concat(chosen.map((part) => part.body))', to: 'Buffer.concat(chosen.map((part) => part.body).reverse())' },
    program: 'Node',
  },
  {
    title: 'a range without its last byte',
    change: { file: 'emulator/services/s3/range.ts', from: 'Number(last) + 1', to: 'Number(last)' },
    program: 'Python',
  },
  {
    title: 'an object without a time',
    change: { file: 'emulator/services/s3/s3.ts', from: 'LastModified: new Date(at).toUTCString(),', to: '' },
    program: 'Shell',
  },
  {
    title: 'a role that may read what it may write',
    change: { file: 'emulator/services/s3/s3.ts', from: "GetObject: 's3:GetObject',", to: "GetObject: 's3:PutObject'," },
    program: 'Curl',
  },
];
