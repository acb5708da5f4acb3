import { useState } from 'preact/hooks'
import type { FieldProps } from './Field.tsx'
import { Field } from './Field.tsx'

export interface NumberFieldProps extends FieldProps {
  readonly value: number
  readonly onChange: (value: number) => void
}

const [least, greatest] = [-6, 4]

/** Rounds to two digits, or to a whole number where the value is one. */
const rounded = (x: number, isWhole: boolean): number =>
  isWhole ? Math.max(1, Math.round(x)) : Number(x.toPrecision(2))

/** A number, to be typed, and, where it is positive, to be slid over its orders of magnitude. */
export const NumberField = ({ id, label, value, onChange }: NumberFieldProps) => {
  const [typed, setTyped] = useState<string | undefined>(undefined)
  const isBelowOne = value > 0.1 && value < 1
  const commit = (text: string): void => {
    setTyped(undefined)
    const read = Number(text)
    if (text.trim() !== '' && Number.isFinite(read) && read !== value) onChange(read)
  }
  return (
    <Field id={id} label={label}>
      <input
        id={id}
        type="text"
        inputMode="decimal"
        size={7}
        value={typed ?? String(value)}
        onInput={({ currentTarget }) => setTyped(currentTarget.value)}
        onBlur={({ currentTarget }) => commit(currentTarget.value)}
        onKeyDown={({ key, currentTarget }) => key === 'Enter' && commit(currentTarget.value)}
      />
      {value > 0 && (
        <input
          type="range"
          aria-label={`${label}, slider`}
          min={isBelowOne ? 0.001 : least}
          max={isBelowOne ? 0.999 : greatest}
          step={isBelowOne ? 0.001 : 0.02}
          value={isBelowOne ? value : Math.log10(value)}
          onChange={({ currentTarget }) => {
            const at = Number(currentTarget.value)
            onChange(isBelowOne ? at : rounded(10 ** at, Number.isInteger(value) && value > 1))
          }}
        />
      )}
    </Field>
  )
}
