import { useEffect, useRef, useState } from 'preact/hooks'
import type { Data, EngineChoice, Game, JsonRecord } from '../../worker/messages.ts'
import { isRefusal } from '../connection.ts'
import { diracSpec, gameOf } from '../games.ts'
import type { Player } from '../player.ts'
import { DrawingBoard } from './DrawingBoard.tsx'

const usual: Readonly<Record<string, { readonly title: string; readonly data: Data }>> = {
  ring: { title: 'ring of 8', data: { kind: 'ring' } },
  grid: { title: 'grid of 25', data: { kind: 'grid' } },
  swissRoll: { title: 'Swiss roll', data: { kind: 'swissRoll' } },
  shapes: { title: 'images of shapes', data: { kind: 'shapes', size: 28 } },
  dirac: { title: 'one point (Dirac-GAN)', data: { kind: 'dirac' } }
}

const dimensionOf = ({ kind, ...data }: Data): string =>
  kind === 'dirac'
    ? 'line'
    : kind === 'shapes'
      ? 'shapes'
      : kind === 'images'
        ? String((data as { shape: unknown }).shape)
        : 'plane'

const hasWebGpu = 'gpu' in navigator

/** Chooses data and the game to begin with: presets are made anew for data of another shape. */
export const DataPicker = ({ player, prefix }: { readonly player: Player; readonly prefix: string }) => {
  const { game, change, ask, refuse, engine, playOn } = player
  const [preset, setPreset] = useState('r1')
  const [presets, setPresets] = useState<readonly string[]>([])
  const [isDrawing, setDrawing] = useState(false)
  const { data } = game.value

  const place = useRef<HTMLDivElement>(null)

  const dimension = dimensionOf(data)
  const hasLabels = data.kind === 'images' && data.labels !== undefined
  useEffect(() => {
    void ask<readonly string[]>({ type: 'presets', data }).then((found) => {
      if (!isRefusal(found)) setPresets(found)
    })
  }, [dimension, hasLabels])

  const presetFor = async (name: string, of: Data): Promise<JsonRecord | undefined> => {
    if (of.kind === 'dirac') return diracSpec
    const made = await ask<JsonRecord | null>({ type: 'preset', name, data: of })
    return isRefusal(made) || made === null ? undefined : made
  }
  const begin = async (name: string, of: Data): Promise<void> => {
    const spec = await presetFor(name, of)
    if (spec !== undefined) change({ ...gameOf(spec, of), seed: game.value.seed })
  }
  const choose = async (next: Data): Promise<void> => {
    if (dimensionOf(next) === dimension) change({ ...game.value, data: next })
    else {
      // What shows something soon: R1 on points, DCGAN on images.
      const usualFor = next.kind === 'shapes' || next.kind === 'images' ? 'dcgan' : 'r1'
      setPreset(usualFor)
      await begin(usualFor, next)
    }
  }
  /** Reads files, images before their labels. */
  const read = async (files: FileList | null | undefined): Promise<void> => {
    for (const file of [...(files ?? [])].sort((a, b) => b.size - a.size)) {
      const bytes = new Uint8Array(await file.arrayBuffer())
      const found = await ask<Data>({ type: 'read', name: file.name, bytes, beside: game.value.data })
      if (isRefusal(found)) refuse(found.refused)
      else await choose(found)
    }
  }
  // Files may be dropped wherever the game is.
  useEffect(() => {
    const board = place.current?.closest('.game')
    const over = (event: Event): void => event.preventDefault()
    const drop = (event: Event): void => {
      event.preventDefault()
      void read((event as DragEvent).dataTransfer?.files)
    }
    board?.addEventListener('dragover', over)
    board?.addEventListener('drop', drop)
    return () => {
      board?.removeEventListener('dragover', over)
      board?.removeEventListener('drop', drop)
    }
  })
  const put = (part: Partial<Game>): void => change({ ...game.value, ...part })
  const isOwn = data.kind === 'points' || data.kind === 'images'
  return (
    <div class="section data" ref={place}>
      <div class="field">
        <label for={`${prefix}-data`}>Data</label>
        <select
          id={`${prefix}-data`}
          value={isOwn ? 'own' : data.kind}
          onChange={({ currentTarget }) => {
            const chosen = usual[currentTarget.value]
            if (chosen) void choose(chosen.data)
          }}
        >
          {isOwn && <option value="own">{data.name}</option>}
          {Object.entries(usual).map(([key, { title }]) => (
            <option key={key} value={key}>
              {title}
            </option>
          ))}
        </select>
      </div>
      <div class="buttons">
        <button type="button" class="small" aria-expanded={isDrawing} onClick={() => setDrawing(!isDrawing)}>
          draw points
        </button>
        <label class="file small">
          CSV or IDX files
          <input
            id={`${prefix}-file`}
            type="file"
            multiple
            accept=".csv,.txt,.tsv,.idx,*"
            onChange={({ currentTarget }) => void read(currentTarget.files)}
          />
        </label>
      </div>
      {isDrawing && (
        <DrawingBoard onPoints={(points) => void choose({ kind: 'points', name: 'drawn points', points })} />
      )}
      <div class="field">
        <label for={`${prefix}-preset`}>Begin with</label>
        <select
          id={`${prefix}-preset`}
          value={preset}
          onChange={({ currentTarget }) => {
            setPreset(currentTarget.value)
            void begin(currentTarget.value, data)
          }}
        >
          {presets.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </div>
      <div class="field">
        <label for={`${prefix}-seed`}>Seed</label>
        <input
          id={`${prefix}-seed`}
          type="number"
          value={game.value.seed}
          onChange={({ currentTarget }) => put({ seed: Math.max(0, Math.round(currentTarget.valueAsNumber) || 0) })}
        />
        <label for={`${prefix}-batch`}>Minibatch</label>
        <input
          id={`${prefix}-batch`}
          type="number"
          min={1}
          value={game.value.batchSize}
          onChange={({ currentTarget }) =>
            put({ batchSize: Math.max(1, Math.round(currentTarget.valueAsNumber) || 1) })
          }
        />
      </div>
      <div class="field">
        <label for={`${prefix}-engine`}>Engine</label>
        <select
          id={`${prefix}-engine`}
          value={engine.value}
          onChange={({ currentTarget }) => playOn(currentTarget.value as EngineChoice)}
        >
          <option value="wasm">WebAssembly</option>
          <option value="gpu:webgpu" disabled={!hasWebGpu}>
            {hasWebGpu ? 'WebGPU, by gpu.js' : 'WebGPU: not in this browser'}
          </option>
        </select>
      </div>
    </div>
  )
}
