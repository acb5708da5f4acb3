import { useContext } from 'preact/hooks'
import { createContext } from 'preact'
import type { Catalogue, Choice, Json, JsonRecord } from '../../worker/messages.ts'
import type { JsonPath } from '../json.ts'
import { isList, isRecord } from '../json.ts'
import { ChoiceField, Field, TextField } from './Field.tsx'
import { NumberField } from './NumberField.tsx'

/** What editors of parts of a spec have in common. */
export interface Editing {
  readonly catalogue: Catalogue
  readonly choices: Readonly<Record<string, Choice>>
  /** Puts a value at a path of the spec; undefined takes away what is there. */
  readonly put: (path: JsonPath, value: Json | undefined) => void
  /** Makes a built-in of a kind by name, with what it can take over from what stood there. */
  readonly make: (kind: string, name: string, like: JsonRecord) => Promise<Json>
  readonly prefix: string
}

export const EditingContext = createContext<Editing | undefined>(undefined)

const useEditing = (): Editing => useContext(EditingContext) as Editing

interface PartProps {
  readonly label: string
  readonly value: Json
  readonly path: JsonPath
}

const spaced = (name: string): string => name.replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase()

const idOf = ({ prefix }: Editing, path: JsonPath): string => `${prefix}-${path.join('-')}`

/** Edits a part of a spec that is made by name: which it is, and its options. */
export const KindEditor = ({
  label,
  value,
  path,
  kind
}: Omit<PartProps, 'value'> & { readonly value: JsonRecord; readonly kind: string }) => {
  const editing = useEditing()
  const { catalogue, put, make } = editing
  const name = String(value[kind])
  const options = isRecord(value['options']) ? value['options'] : {}
  const id = idOf(editing, path)
  const names = catalogue.kinds[kind]?.names ?? []
  const choose = async (next: string): Promise<void> => {
    const made = await make(kind, next, options)
    if (!isRecord(made)) return
    const { options: _, ...edits } = value
    put(path, { ...edits, ...made })
  }
  return (
    <div class="part" role="group" aria-label={label}>
      <ChoiceField
        id={id}
        label={label}
        value={name}
        words={names.includes(name) ? names : [name, ...names]}
        shown={spaced}
        onChange={(next) => void choose(next)}
      />
      <div class="options">
        {Object.entries(options).map(([key, option]) => (
          <ValueEditor key={key} label={spaced(key)} value={option} path={[...path, 'options', key]} />
        ))}
        {kind === 'term' && <NumberOrSchedule label="weight" value={value['weight'] ?? 1} path={[...path, 'weight']} />}
        {kind === 'term' && (
          <NumberField
            id={`${id}-every`}
            label="every … steps"
            value={Number(value['every'] ?? 1)}
            onChange={(every) => put([...path, 'every'], Math.max(1, Math.round(every)))}
          />
        )}
      </div>
    </div>
  )
}

/** Edits a number that may be a function of the step instead. */
const NumberOrSchedule = ({ label, value, path }: PartProps) => {
  const editing = useEditing()
  const { put, make } = editing
  const isScheduled = isRecord(value)
  const toggle = async (): Promise<void> => {
    if (!isScheduled) return put(path, await make('schedule', 'linear', { from: value, to: 0, steps: 10_000 }))
    const options = isRecord(value['options']) ? value['options'] : {}
    put(
      path,
      typeof options['from'] === 'number'
        ? options['from']
        : typeof options['value'] === 'number'
          ? options['value']
          : 1e-3
    )
  }
  return (
    <div class="schedulable">
      {isScheduled ? (
        <KindEditor label={label} value={value} path={path} kind="schedule" />
      ) : (
        <NumberField id={idOf(editing, path)} label={label} value={Number(value)} onChange={(x) => put(path, x)} />
      )}
      <button type="button" class="small" aria-pressed={isScheduled} onClick={() => void toggle()}>
        {isScheduled ? 'constant' : 'schedule'}
      </button>
    </div>
  )
}

/** Edits whatever a spec may hold. */
export const ValueEditor = ({ label, value, path }: PartProps) => {
  const editing = useEditing()
  const { catalogue, choices, put } = editing
  const id = idOf(editing, path)
  const choice = choices[`/${path.join('/')}`]
  if (value === null) return null
  if (isRecord(value)) {
    const kind = Object.keys(catalogue.kinds).find((one) => one in value)
    if (kind === 'schedule') return <NumberOrSchedule label={label} value={value} path={path} />
    if (kind !== undefined) return <KindEditor label={label} value={value} path={path} kind={kind} />
    if ('tensor' in value || 'number' in value) return null
    return (
      <div class="part" role="group" aria-label={label}>
        <span class="label">{label}</span>
        <div class="options">
          {Object.entries(value).map(([key, x]) => (
            <ValueEditor key={key} label={spaced(key)} value={x} path={[...path, key]} />
          ))}
        </div>
      </div>
    )
  }
  if (isList(value)) return <ListEditor label={label} value={value} path={path} />
  if (typeof value === 'number')
    return choice?.schedule === true ? (
      <NumberOrSchedule label={label} value={value} path={path} />
    ) : (
      <NumberField id={id} label={label} value={value} onChange={(x) => put(path, x)} />
    )
  if (typeof value === 'boolean')
    return (
      <Field id={id} label={label}>
        <input
          id={id}
          type="checkbox"
          checked={value}
          onChange={({ currentTarget }) => put(path, currentTarget.checked)}
        />
      </Field>
    )
  const change = (next: string): void => put(path, next)
  return choice?.words ? (
    <ChoiceField id={id} label={label} value={String(value)} words={choice.words} onChange={change} />
  ) : (
    <TextField id={id} label={label} value={String(value)} onChange={change} />
  )
}

const readList = (text: string): readonly Json[] =>
  text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')
    .map((word) => (Number.isNaN(Number(word)) ? word : Number(word)))

/** Edits a list: of parts of one kind, which are added and taken away, or of numbers and words between commas. */
export const ListEditor = ({
  label,
  value,
  path,
  kind: given
}: Omit<PartProps, 'value'> & { readonly value: readonly Json[]; readonly kind?: string }) => {
  const editing = useEditing()
  const { catalogue, put, make } = editing
  const id = idOf(editing, path)
  const first = value[0]
  const kind = given ?? (isRecord(first) ? Object.keys(catalogue.kinds).find((one) => one in first) : undefined)
  if (kind === undefined)
    return <TextField id={id} label={label} value={value.join(', ')} onChange={(text) => put(path, readList(text))} />
  const insert = async (name: string): Promise<void> => {
    const made = await make(kind, name, {})
    if (isRecord(made)) put([...path, value.length], made)
  }
  return (
    <div class="part" role="group" aria-label={label}>
      <span class="label">{label}</span>
      <ul class="list">
        {value.map((x, i) => (
          <li key={i}>
            <ValueEditor label={kind === 'term' ? 'term' : String(i + 1)} value={x} path={[...path, i]} />
            <button
              type="button"
              class="small"
              aria-label={`Take away ${label} ${i + 1}`}
              onClick={() => put([...path, i], undefined)}
            >
              ×
            </button>
          </li>
        ))}
      </ul>
      <AddPart id={`${id}-add`} kind={kind} label={`add to ${label}`} onAdd={(name) => void insert(name)} />
    </div>
  )
}

/** A choice of what to add, by name. */
export const AddPart = ({
  id,
  kind,
  label,
  onAdd
}: {
  readonly id: string
  readonly kind: string
  readonly label: string
  readonly onAdd: (name: string) => void
}) => {
  const { catalogue } = useEditing()
  return (
    <select
      id={id}
      class="add"
      aria-label={label}
      value=""
      onChange={({ currentTarget }) => {
        if (currentTarget.value !== '') onAdd(currentTarget.value)
        currentTarget.value = ''
      }}
    >
      <option value="">+ {label}</option>
      {catalogue.kinds[kind]?.names.map((name) => (
        <option key={name} value={name}>
          {spaced(name)}
        </option>
      ))}
    </select>
  )
}
