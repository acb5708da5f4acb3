import type { Signal } from '@preact/signals'
import { batch, signal } from '@preact/signals'
import type { Described, EngineChoice, Frame, Game, IssueText, JsonRecord } from '../worker/messages.ts'
import type { Connection, OpenWire } from './connection.ts'
import { connect, isRefusal, ownWorker } from './connection.ts'
import type { History } from './history.ts'
import { noHistory, withFrame } from './history.ts'

/** One game on the page, with the worker that plays it, and all that is known of it. */
export interface Player {
  readonly game: Signal<Game>
  readonly described: Signal<Described | undefined>
  readonly frame: Signal<Frame | undefined>
  readonly history: Signal<History>
  readonly playing: Signal<boolean>
  readonly issues: Signal<readonly IssueText[]>
  readonly isOpening: Signal<boolean>
  /** Code of one's own that plays in the place of the game's spec. */
  readonly own: Signal<string | undefined>
  readonly engine: Signal<EngineChoice>
  /** Begins the game anew on another engine; where that cannot be had, says why and is back on WebAssembly. */
  readonly playOn: (engine: EngineChoice) => void
  readonly ask: Connection['ask']
  /** Shows why something was refused, once the game that is opening is open. */
  readonly refuse: (told: readonly IssueText[]) => void
  /** Changes the game, and begins it anew: it goes on playing where it played. */
  readonly change: (game: Game) => void
  /** Plays code in the sandbox. */
  readonly runCode: (code: string, sandbox: OpenWire) => void
  readonly play: () => void
  readonly pause: () => void
  readonly advance: (steps: number) => void
  /** Does the next phase of the update rule. */
  readonly advancePhase: () => void
  /** Steps a second at most; null for as many as it can do. */
  readonly limit: (most: number | null) => void
  readonly goBack: (step: number) => void
  readonly close: () => void
}

const patience = 200

export const createPlayer = (first: Game): Player => {
  const game = signal(first)
  const described = signal<Described | undefined>(undefined)
  const frame = signal<Frame | undefined>(undefined)
  const history = signal(noHistory)
  const playing = signal(false)
  const issues = signal<readonly IssueText[]>([])
  const isOpening = signal(false)
  const own = signal<string | undefined>(undefined)
  const engine = signal<EngineChoice>('wasm')

  /** Why an engine was given up, to be told with the game that begins instead. */
  let fallen: readonly IssueText[] = []

  /** Counts openings: what a game tells that was left since is not heard. */
  let opening = 0

  const onFrame = (next: Frame, epoch: number): void => {
    if (epoch !== opening) return
    batch(() => {
      frame.value = next
      history.value = withFrame(history.value, next)
    })
  }
  const onState = (now: boolean, told: readonly IssueText[], epoch = opening): void => {
    if (epoch !== opening) return
    if (hasFailed(told)) {
      fallBack(told)
      return
    }
    batch(() => {
      playing.value = now
      if (told.some(({ isWarning }) => !isWarning)) wish = false
      if (told.length > 0) issues.value = told
    })
  }

  /** Whether the engine that was chosen is what is wrong. */
  const hasFailed = (told: readonly IssueText[]): boolean =>
    engine.value !== 'wasm' && told.some(({ path, isWarning }) => path[0] === 'engine' && !isWarning)

  const fallBack = (told: readonly IssueText[]): void => {
    const words = 'The game plays on WebAssembly: WebGPU cannot be had here.'
    fallen = [{ path: [], text: words, isWarning: true }, ...told.map((issue) => ({ ...issue, isWarning: true }))]
    engine.value = 'wasm'
    change(game.value)
  }

  const main = connect(ownWorker, onFrame, onState)
  let sandbox: Connection | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  /** The one that plays. */
  const table = (): Connection => sandbox ?? main

  const leaveSandbox = (): void => {
    sandbox?.close()
    sandbox = undefined
    own.value = undefined
  }

  /** Whether it is to play as soon as it can. */
  let wish = false
  let speed: number | null = null
  const wishFor = (plays: boolean): void => {
    wish = plays
    void table().ask({ type: plays ? 'play' : 'pause' })
  }

  const open = async (): Promise<void> => {
    opening += 1
    const mine = opening
    batch(() => {
      isOpening.value = true
      history.value = noHistory
      frame.value = undefined
    })
    const code = own.value
    const opened = await table().ask<JsonRecord | null>({
      type: 'open',
      game: game.value,
      // gpu.js is not in the sandbox, which can load nothing.
      engine: code === undefined ? engine.value : 'wasm',
      epoch: mine,
      ...(code === undefined ? {} : { code })
    })
    if (mine !== opening) return
    if (isRefusal(opened) && hasFailed(opened.refused)) {
      fallBack(opened.refused)
      return
    }
    batch(() => {
      isOpening.value = false
      if (isRefusal(opened)) {
        issues.value = opened.refused
        wish = false
        playing.value = false
      } else if (code !== undefined && opened !== null) game.value = { ...game.value, spec: opened }
    })
    if (!isRefusal(opened) && wish) void table().ask({ type: 'play' })
  }

  const describe = async (): Promise<boolean> => {
    const found = await main.ask<Described>({ type: 'describe', spec: game.value.spec })
    if (isRefusal(found)) {
      issues.value = found.refused
      return false
    }
    batch(() => {
      described.value = found
      issues.value = [...found.issues, ...fallen]
      fallen = []
    })
    return found.issues.every(({ isWarning }) => isWarning)
  }

  /** What is asked of a game waits until it is open, or cannot be. */
  let ready: Promise<void> = Promise.resolve()
  let settle = (): void => undefined

  const change = (next: Game): void => {
    const before = settle
    ready = new Promise((resolve) => {
      settle = () => {
        before()
        resolve()
      }
    })
    const done = settle
    game.value = next
    leaveSandbox()
    clearTimeout(timer)
    timer = setTimeout(() => {
      void (async () => {
        await main.ask({ type: 'pause' })
        if (await describe()) await open()
        else playing.value = wish = false
        done()
      })()
    }, patience)
  }

  return {
    game,
    described,
    frame,
    history,
    playing,
    issues,
    isOpening,
    own,
    engine,
    playOn: (next) => {
      engine.value = next
      change(game.value)
    },
    ask: main.ask,
    // A game that opens tells its own issues in the place of others.
    refuse: (told) => void ready.then(() => (issues.value = told)),
    change,
    runCode: (code, openWire) => {
      leaveSandbox()
      own.value = code
      issues.value = []
      void main.ask({ type: 'pause' })
      sandbox = connect(openWire, onFrame, onState)
      void sandbox.ask({ type: 'speed', most: speed })
      wish = true
      void open()
    },
    play: () => wishFor(true),
    pause: () => wishFor(false),
    limit: (most) => {
      speed = most
      void table().ask({ type: 'speed', most })
    },
    advance: (steps) => void ready.then(() => table().ask({ type: 'advance', steps })),
    advancePhase: () => {
      wish = false
      void ready.then(() => table().ask({ type: 'phase' }))
    },
    goBack: (step) => {
      wish = false
      void table().ask({ type: 'return', step })
    },
    close: () => {
      clearTimeout(timer)
      leaveSandbox()
      main.close()
    }
  }
}
