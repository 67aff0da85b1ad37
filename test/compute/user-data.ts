import { HeavyBatchComputeProps } from '../../src';
import { templateOf } from '../stacks';

/** The parts of an instance's user data by content type, split as cloud-init splits them. */
export function userData(props: HeavyBatchComputeProps): Record<string, string> {
  const [template] = Object.values(templateOf(props).findResources('AWS::EC2::LaunchTemplate'));
  const text: string = template.Properties.LaunchTemplateData.UserData['Fn::Base64'];
  const boundary = /^Content-Type: multipart\/mixed; boundary="([^"]+)"\nMIME-Version: 1\.0\n\n/.exec(text)![1];
  const parts = text.split(`--${boundary}`);
  expect(parts.at(-1)).toBe('--\n');
  return Object.fromEntries(parts.slice(1, -1).map((part) => {
    const [, type, body] = /^\nContent-Type: ([\w/-]+); charset="us-ascii"\n\n([^]*)$/.exec(part)!;
    return [type, body];
  }));
}
