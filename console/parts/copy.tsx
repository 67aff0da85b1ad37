import { useState } from 'preact/hooks';
import { useConsole } from '../context';

/** A button that copies a text. Its own words say whether that worked. */
export function Copy({ text, label = 'Copy', what }: { readonly text: string; readonly label?: string; readonly what: string }) {
  const { announce } = useConsole();
  const [said, setSaid] = useState<string>();
  const copy = async () => {
    let done = 'Copied';
    try {
      await navigator.clipboard.writeText(text); // a page without TLS has no clipboard
    } catch {
      done = 'Not copied';
    }
    setSaid(done);
    announce(`${what}: ${done.toLowerCase()}`);
    setTimeout(() => setSaid(undefined), 2_000);
  };
  return <button type="button" class="small quiet" aria-label={`${said ?? label} ${what}`} onClick={() => void copy()}>{said ?? label}</button>;
}

/** A command to copy. */
export function Command({ text, what }: { readonly text: string; readonly what: string }) {
  return (
    <div class="command">
      <pre tabIndex={0} role="group" aria-label={what}><code>{text}</code></pre>
      <Copy text={text} what={what} />
    </div>
  );
}
