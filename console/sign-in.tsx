import { useState } from 'preact/hooks';
import type { Session } from './api/session';

/** Takes a token, or keys of AWS. The field is empty as soon as it is sent, whatever comes of it. */
export function SignIn({ session, message }: { readonly session: Session; readonly message?: string }) {
  const [problem, setProblem] = useState<string>();
  const submit = (form: HTMLFormElement) => {
    const data = new FormData(form);
    form.reset();
    setProblem(undefined);
    try {
      void session.signIn(String(data.get('credentials')), data.get('keep') !== null);
    } catch (error) {
      setProblem((error as Error).message);
    }
  };
  const said = problem ?? message;
  return (
    <div class="narrow sign-in">
      <h1>Sign in</h1>
      {said && <p class="notice bad" role="alert" id="said">{said}</p>}
      <form class="card form" autocomplete="off" onSubmit={(event) => { event.preventDefault(); submit(event.currentTarget); }}>
        <label class="field">
          <span class="name">Token, or keys of AWS</span>
          <textarea class="code" name="credentials" rows={4} required autocomplete="off" spellcheck={false} autocapitalize="off" aria-describedby={said ? 'said how' : 'how'} />
        </label>
        <div class="hint" id="how">
          <p>A token is sent in the header <code>Authorization</code>, exactly as you paste it.</p>
          <p>
            For an API that takes AWS identities, paste what <code>aws configure export-credentials</code> prints.
            {' '}Requests are signed in this page; the secret key is not sent.
          </p>
        </div>
        <label class="check"><input type="checkbox" name="keep" /> Keep it until this tab is closed</label>
        <div class="actions"><button type="submit" class="primary">Sign in</button></div>
      </form>
    </div>
  );
}
