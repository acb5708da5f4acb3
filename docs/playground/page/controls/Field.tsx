import type { ComponentChildren } from 'preact'

export interface FieldProps {
  /** Of the control that the label names. */
  readonly id: string
  readonly label: string
}

/** A control with its label before it. */
export const Field = ({ id, label, children }: FieldProps & { readonly children: ComponentChildren }) => (
  <div class="field">
    <label for={id}>{label}</label>
    {children}
  </div>
)

/** Words that are typed, and taken when the field is left. */
export const TextField = ({
  id,
  label,
  value,
  onChange
}: FieldProps & { readonly value: string; readonly onChange: (value: string) => void }) => (
  <Field id={id} label={label}>
    <input
      id={id}
      type="text"
      size={12}
      value={value}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  </Field>
)

/** A choice of one of several words, each shown as `shown` puts it. */
export const ChoiceField = ({
  id,
  label,
  value,
  words,
  shown = (word) => word,
  onChange
}: FieldProps & {
  readonly value: string
  readonly words: readonly string[]
  readonly shown?: (word: string) => string
  readonly onChange: (value: string) => void
}) => (
  <Field id={id} label={label}>
    <select id={id} value={value} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
      {words.map((word) => (
        <option key={word} value={word}>
          {shown(word)}
        </option>
      ))}
    </select>
  </Field>
)
