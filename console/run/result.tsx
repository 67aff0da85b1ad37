import type { Run } from '../api/types';
import { useNow } from '../context';
import { grouped } from '../format/text';
import { Copy } from '../parts/copy';

/** What a run that succeeded gave. */
export function Result({ run: { status, result, resultUri, resultLink, resultError } }: { readonly run: Run }) {
  if (status !== 'SUCCEEDED') return null;
  const hasResult = result !== null && result !== undefined;
  const text = typeof result === 'string' ? result : JSON.stringify(result, undefined, 2);
  return (
    <section class="card result" aria-labelledby="result">
      <header><h2 id="result">Result</h2>{hasResult && <Copy text={text} what="the result" />}</header>
      {resultError && <p class="notice bad">{resultError}</p>}
      {hasResult && <pre class="code" tabIndex={0} role="group" aria-label="Result">{text}</pre>}
      {!hasResult && !resultError && !resultUri && <p class="empty">The run gave no result.</p>}
      {resultLink && <Download link={resultLink} />}
      {resultUri && <p class="ids">In S3: <code>{resultUri}</code> <Copy text={resultUri} what="the address" /></p>}
    </section>
  );
}

function Download({ link: { url, expiresAt, size } }: { readonly link: NonNullable<Run['resultLink']> }) {
  const isOld = useNow(10_000) >= Date.parse(expiresAt);
  return <p>{isOld ? 'The link to the result has expired. Reload the page for a new one.' : <a href={url} rel="noreferrer">Download the result ({grouped(size)} bytes)</a>}</p>;
}
