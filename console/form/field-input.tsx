import { Field, hintOf } from './fields';

interface Props {
  readonly field: Field;
  readonly value: string;
  readonly error?: string;
  readonly onInput: (value: string) => void;
}

/** A label, an input for the type of the parameter, and what is wrong with the value. */
export function FieldInput({ field, value, error, onInput }: Props) {
  const { name, required, schema: { description } } = field;
  const hint = hintOf(field);
  const id = `field-${name}`;
  const described = [description || hint ? `${id}-hint` : '', error ? `${id}-error` : ''].filter(Boolean).join(' ') || undefined;
  return (
    <div class="field">
      <label class="name" for={id}>{name}{required && <span class="required"> required</span>}</label>
      <Input {...{ field, value, onInput, id }} attributes={{ 'id': id, name, required, 'aria-invalid': error ? 'true' : undefined, 'aria-describedby': described }} />
      {error && <span class="error" id={`${id}-error`}>{error}</span>}
      {(description ?? hint) && <span class="hint" id={`${id}-hint`}>{[description, hint && `(${hint})`].filter(Boolean).join(' ')}</span>}
    </div>
  );
}

interface InputProps extends Omit<Props, 'error'> {
  readonly attributes: { readonly 'id': string; readonly 'name': string; readonly 'required': boolean; readonly 'aria-invalid'?: 'true'; readonly 'aria-describedby'?: string };
}

function Input({ field: { kind, schema, required }, value, onInput, attributes }: InputProps) {
  const fallback = schema.default === undefined ? undefined : String(schema.default);
  const input = ({ currentTarget }: { currentTarget: { value: string } }) => onInput(currentTarget.value);
  if (kind === 'choice' || kind === 'boolean') {
    const options = kind === 'boolean' ? ['true', 'false'] : (schema.enum ?? []).map(String);
    return (
      <select {...attributes} value={value} onChange={input}>
        <option value="">{fallback !== undefined ? `default: ${fallback}` : required ? 'choose…' : 'default'}</option>
        {options.map((option) => <option key={option} value={option}>{option}</option>)}
      </select>
    );
  }
  const placeholder = fallback === undefined ? undefined : `default: ${fallback}`;
  if (kind === 'number' || kind === 'integer') {
    return <input {...attributes} type="number" step={kind === 'integer' ? 1 : 'any'} min={schema.minimum} max={schema.maximum} placeholder={placeholder} value={value} onInput={input} />;
  }
  return <input {...attributes} type="text" autocomplete="off" spellcheck={false} placeholder={placeholder} value={value} onInput={input} />;
}
