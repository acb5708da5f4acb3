import { render } from 'preact'
import type { Catalogue, JsonRecord } from '../worker/messages.ts'
import { App } from './App.tsx'
import { isRefusal } from './connection.ts'
import { gameOf, ring } from './games.ts'
import { readLink } from './link.ts'
import { createPlayer } from './player.ts'

const place = document.getElementById('app')

const begin = async (): Promise<void> => {
  const linked = await readLink(location.hash.slice(1))
  const first = createPlayer(linked?.game ?? gameOf({}, ring))
  const catalogue = await first.ask<Catalogue>({ type: 'catalogue' })
  const spec = linked?.game.spec ?? (await first.ask<JsonRecord>({ type: 'preset', name: 'r1', data: ring }))
  if (place === null || isRefusal(catalogue) || isRefusal(spec)) return
  first.change({ ...first.game.value, spec })
  place.replaceChildren()
  render(<App catalogue={catalogue} first={first} linked={linked} />, place)
}

void begin()
