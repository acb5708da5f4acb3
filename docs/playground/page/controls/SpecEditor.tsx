import type { ComponentChildren } from 'preact'
import type { Catalogue, Json, JsonRecord } from '../../worker/messages.ts'
import { isRefusal } from '../connection.ts'
import type { JsonPath } from '../json.ts'
import { isList, isRecord, withAt } from '../json.ts'
import type { Player } from '../player.ts'
import type { Editing } from './Editor.tsx'
import { AddPart, EditingContext, ListEditor, ValueEditor } from './Editor.tsx'

const Section = ({
  title,
  open = false,
  children
}: {
  readonly title: string
  readonly open?: boolean
  readonly children: ComponentChildren
}) => (
  <details class="section" aria-label={title} open={open}>
    <summary>{title}</summary>
    {children}
  </details>
)

const entries = (x: Json | undefined): readonly (readonly [string, Json])[] => (isRecord(x) ? Object.entries(x) : [])

/** The whole game as controls, each drawn from the spec and the library's registries. */
export const SpecEditor = ({
  player,
  catalogue,
  prefix
}: {
  readonly player: Player
  readonly catalogue: Catalogue
  readonly prefix: string
}) => {
  const { game, described, change } = player
  const { spec } = game.value
  const players = entries(spec['networks']).map(([name]) => name)
  const put = (path: JsonPath, value: Json | undefined): void =>
    change({ ...game.value, spec: withAt(game.value.spec, path, value) as JsonRecord })
  const make: Editing['make'] = async (kind, name, like) => {
    const made = await player.ask<Json>({ type: 'make', kind, name, like })
    return isRefusal(made) ? null : made
  }
  const editing: Editing = { catalogue, choices: described.value?.choices ?? {}, put, make, prefix }
  const addAt = async (
    path: JsonPath,
    kind: string,
    name: string,
    around: (made: Json) => Json = (made) => made
  ): Promise<void> => {
    const made = await make(kind, name, {})
    if (made !== null) put(path, around(made))
  }
  const { loss, update, prior, average, regularizers, projections, augmentations, labels } = spec
  return (
    <EditingContext.Provider value={editing}>
      <Section title="Loss" open>
        {loss !== undefined && <ValueEditor label="loss" value={loss} path={['loss']} />}
      </Section>
      <Section title="Regularizers" open>
        {players.map((name) => {
          const terms = isRecord(regularizers) ? regularizers[name] : undefined
          return (
            <ListEditor
              key={name}
              kind="term"
              label={name}
              value={isList(terms) ? terms : []}
              path={['regularizers', name]}
            />
          )
        })}
      </Section>
      <Section title="Update rule">
        {update !== undefined && <ValueEditor label="rule" value={update} path={['update']} />}
      </Section>
      <Section title="Optimizers">
        {entries(spec['optimizers']).map(([name, x]) => (
          <ValueEditor key={name} label={name} value={x} path={['optimizers', name]} />
        ))}
      </Section>
      <Section title="Average, projections, augmentation">
        {average === undefined ? (
          <button type="button" class="small" onClick={() => put(['average'], { decay: 0.999 })}>
            + average of the generator
          </button>
        ) : (
          <>
            <ValueEditor label="average" value={average} path={['average']} />
            <button type="button" class="small" onClick={() => put(['average'], undefined)}>
              take the average away
            </button>
          </>
        )}
        {entries(projections).map(([name, x]) => (
          <div key={name}>
            <ValueEditor label={`projection of ${name}`} value={x} path={['projections', name]} />
            <button type="button" class="small" onClick={() => put(['projections', name], undefined)}>
              take it away
            </button>
          </div>
        ))}
        {entries(augmentations).map(([name, x]) => (
          <div key={name}>
            <ValueEditor label={`augmentation of ${name}`} value={x} path={['augmentations', name]} />
            <button type="button" class="small" onClick={() => put(['augmentations', name], undefined)}>
              take it away
            </button>
          </div>
        ))}
        <AddPart
          id={`${prefix}-add-projection`}
          kind="projection"
          label="projection of the critic"
          onAdd={(name) => void addAt(['projections', 'discriminator'], 'projection', name)}
        />
        <AddPart
          id={`${prefix}-add-augmentation`}
          kind="augment"
          label="augmentation"
          onAdd={(name) =>
            void addAt(['augmentations', 'discriminator'], 'augment', name, (augmentation) => ({
              augmentation,
              probability: 1
            }))
          }
        />
      </Section>
      <Section title="Networks and prior">
        {prior !== undefined && <ValueEditor label="prior" value={prior} path={['prior']} />}
        {entries(spec['networks']).map(([name, x]) => (
          <ValueEditor key={name} label={name} value={x} path={['networks', name]} />
        ))}
        {labels !== undefined && <ValueEditor label="labels" value={labels} path={['labels']} />}
      </Section>
    </EditingContext.Provider>
  )
}
