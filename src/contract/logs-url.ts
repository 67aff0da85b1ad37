/** A link to a log stream in the console of AWS. The console has an escaping of its own: `%` of an encoded component becomes `$25`. */
export function logsUrl(region: string, logGroup: string, logStream: string): string {
  const escape = (name: string) => encodeURIComponent(encodeURIComponent(name)).replace(/%/g, '$');
  const domain = region.startsWith('cn-') ? 'console.amazonaws.cn' : 'console.aws.amazon.com';
  return `https://${region}.${domain}/cloudwatch/home?region=${region}#logsV2:log-groups/log-group/${escape(logGroup)}/log-events/${escape(logStream)}`;
}
