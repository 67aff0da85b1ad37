import { useMemo, useRef, useState } from 'preact/hooks';
import { FieldInput } from './field-input';
import { bodyOf, bodyOfJson, errorsByField, fieldsOf, pointerTo, textIn } from './fields';
import { Keys } from './keys';
import { ApiError, FieldError } from '../api/errors';
import type { Run, Schema } from '../api/types';
import { useConsole } from '../context';
import { curlLine } from '../format/curl';
import { Command } from '../parts/copy';
import { hashOf } from '../router';

export function RunForm({ job, schema }: { readonly job: string; readonly schema: Schema }) {
  const { client, session, announce } = useConsole();
  const fields = useMemo(() => fieldsOf(schema), [schema]);
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  const [json, setJson] = useState('');
  const [errors, setErrors] = useState<readonly FieldError[]>([]);
  const [isStarting, setStarting] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const keys = useRef(new Keys());

  const path = `/jobs/${encodeURIComponent(job)}/runs`;
  const made = fields ? bodyOf(fields, values) : bodyOfJson(json);
  const { byName, others } = errorsByField(fields ?? [], errors);

  const refuse = (found: readonly FieldError[]) => {
    setErrors(found);
    announce(`The run was not started: ${found.map(({ detail }) => detail).join('; ')}`);
    requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid=true], .notice')?.focus());
  };

  const start = async () => {
    const { body } = made;
    // A browser gives an empty value for a text that is no number.
    const bad = [...form.current!.querySelectorAll('input')].filter(({ validity }) => validity.badInput).map(({ name }) => ({ pointer: pointerTo(name), detail: `${name} is not a number` }));
    if (body === undefined || bad.length > 0) return refuse([...made.errors, ...bad]);
    setStarting(true);
    try {
      const { body: run } = await client.call<Run>(path, { method: 'POST', body, headers: { 'idempotency-key': keys.current.of(body) } });
      keys.current.forget(body);
      location.hash = hashOf({ view: 'run', id: run.id });
    } catch (error) {
      // What the API refused was not done. The next try is another request.
      if (error instanceof ApiError && error.status < 500) keys.current.forget(body);
      if (error instanceof ApiError && (error.status === 401 || error.status === 403)) void session.refused();
      refuse(error instanceof ApiError && error.errors.length > 0 ? error.errors : [{ pointer: '', detail: detailOf(error as Error) }]);
    } finally {
      setStarting(false);
    }
  };

  return (
    <form ref={form} noValidate onSubmit={(event) => { event.preventDefault(); if (!isStarting) void start(); }}>
      {others.length > 0 && <div class="notice bad" role="alert" tabIndex={-1}>{others.map((other) => <p key={other}>{other}</p>)}</div>}
      <div class="card form">
        {fields?.length === 0 && <p class="empty">The job {job} has no parameters.</p>}
        {fields?.map((field) => (
          <FieldInput
            key={field.name} field={field} value={textIn(values, field.name)} error={byName.get(field.name)}
            onInput={(value) => setValues((before) => ({ ...before, [field.name]: value }))}
          />
        ))}
        {!fields && (
          <label class="field">
            <span class="name">Parameters, as JSON</span>
            <textarea class="code" rows={6} spellcheck={false} placeholder={'{\n  "name": "value"\n}'} value={json} onInput={({ currentTarget }) => setJson(currentTarget.value)} />
            {schema.description && <span class="hint">{schema.description}</span>}
          </label>
        )}
        <div class="actions">
          <button type="submit" class="primary" aria-disabled={isStarting}>{isStarting ? 'Starting…' : 'Start run'}</button>
          <a href="#/">Back to the runs</a>
        </div>
      </div>
      <section>
        <h2>The same request as a command</h2>
        <Command what="the command" text={curlLine({ method: 'POST', url: client.url(path), body: made.body ?? '{}' }, client.credentials?.kind, client.signingRegion())} />
      </section>
    </form>
  );
}

/** A request without an answer may have started the run. With its key, it is safe to send it again. */
function detailOf(error: Error): string {
  return error instanceof ApiError && error.status < 500 ? error.message : `${error.message}. Start again: it is the same request, so it cannot become two runs.`;
}
