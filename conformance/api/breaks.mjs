// In a self-test: breaks of the bundled function of the API.
export const BREAKS = [
  { title: 'a problem of another type', pattern: /Undocumented Content-Type/, from: 'application/problem+json', to: 'application/problem' },
  { title: 'a run without its time', pattern: /elapsedSeconds/, from: 'elapsedSeconds:', to: 'elapsed:' },
  { title: 'an answer that is not documented', pattern: /Undocumented status code/, from: '404,"there is no such run"', to: '418,"there is no such run"' },
];
