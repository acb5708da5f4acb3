import { signal } from '@preact/signals'
import { useEffect, useState } from 'preact/hooks'
import type { Catalogue } from '../worker/messages.ts'
import { Board } from './Board.tsx'
import { CodePane } from './code/CodePane.tsx'
import { DataPicker } from './controls/DataPicker.tsx'
import { SpecEditor } from './controls/SpecEditor.tsx'
import type { Linked } from './link.ts'
import { writeLink } from './link.ts'
import type { Player } from './player.ts'
import { createPlayer } from './player.ts'

export interface AppProps {
  readonly catalogue: Catalogue
  readonly first: Player
  readonly linked: Linked | undefined
}

const second = signal<Player | undefined>(undefined)

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  target.closest('input, select, textarea, button, summary, .cm-editor, canvas') !== null

/** The page: games at the top of it, what plays them, and what they are made of. */
export const App = ({ catalogue, first, linked }: AppProps) => {
  const [told, setTold] = useState('')
  const players = second.value === undefined ? [first] : [first, second.value]
  const each = (f: (player: Player) => void): void => players.forEach(f)
  const isPlaying = players.some(({ playing }) => playing.value)
  const hasPhases = players.some(({ frame }) => (frame.value?.phase.count ?? 1) > 1)
  const toggle = (): void => each(isPlaying ? (player) => player.pause() : (player) => player.play())

  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== ' ' || isTyping(event.target)) return
      event.preventDefault()
      toggle()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  })

  const compare = (): void => {
    if (second.value !== undefined) {
      second.value.close()
      second.value = undefined
      return
    }
    // Both begin anew, from the same seed.
    const other = createPlayer(first.game.value)
    second.value = other
    other.change(other.game.value)
    first.change(first.game.value)
  }
  const share = async (): Promise<void> => {
    if (first.game.value.data.kind === 'images')
      return setTold('Images from a file stay on this page: choose other data to share the game.')
    const own = first.own.value
    location.hash = await writeLink({ game: first.game.value, ...(own === undefined ? {} : { code: own }) })
    await navigator.clipboard.writeText(location.href).then(
      () => setTold('The address of this page is the game now; it was copied.'),
      () => setTold('The address of this page is the game now.')
    )
  }
  return (
    <>
      <header>
        <h1>saddlepoint</h1>
        <p class="quiet">A GAN as pure functions: change any of them and watch it play.</p>
        <div class="transport" role="toolbar" aria-label="Play">
          <button type="button" class="primary" onClick={toggle} title="Space">
            {isPlaying ? 'Pause' : 'Play'}
          </button>
          <button type="button" onClick={() => each((player) => player.advance(1))}>
            One step
          </button>
          <button
            type="button"
            disabled={!hasPhases}
            title={
              hasPhases ? 'The next phase of the update rule' : 'The update rule has one phase: a step is all of it'
            }
            onClick={() => each((player) => player.advancePhase())}
          >
            One phase
          </button>
          <button type="button" onClick={() => each((player) => player.advance(100))}>
            100 steps
          </button>
          <label class="speed">
            Speed
            <select
              onChange={({ currentTarget }) => each((player) => player.limit(Number(currentTarget.value) || null))}
            >
              <option value="">as fast as it goes</option>
              {[1000, 100, 10, 1].map((most) => (
                <option key={most} value={most}>
                  {most} {most === 1 ? 'step' : 'steps'} a second
                </option>
              ))}
            </select>
          </label>
          <button type="button" onClick={() => each((player) => player.change(player.game.value))}>
            Begin anew
          </button>
          <button type="button" aria-pressed={second.value !== undefined} onClick={compare}>
            Compare two
          </button>
          <button type="button" onClick={() => void share()}>
            Share
          </button>
        </div>
        <p class="quiet" role="status">
          {told}
        </p>
      </header>
      <main class={players.length > 1 ? 'two' : 'one'}>
        {players.map((player, i) => (
          <div class="game" key={i}>
            <Board player={player} title={players.length > 1 ? `Game ${'AB'[i] ?? ''}` : 'Game'} />
            <aside aria-label={`Controls ${'AB'[i] ?? ''}`}>
              <DataPicker player={player} prefix={`g${i}`} />
              <SpecEditor player={player} catalogue={catalogue} prefix={`g${i}`} />
              <CodePane player={player} linked={i === 0 ? linked?.code : undefined} />
            </aside>
          </div>
        ))}
      </main>
    </>
  )
}
