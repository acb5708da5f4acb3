/** What the page and the worker that trains say to each other: plain data, cloned. */

/** JSON, as `Gan.specToJson` writes specs. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }
export type JsonRecord = { readonly [name: string]: Json }

/** Which samples are the data. */
export type Data =
  | { readonly kind: 'ring' | 'grid' | 'swissRoll' | 'dirac' }
  | { readonly kind: 'shapes'; readonly size: number }
  /** Points of the plane: drawn, or read from a file. */
  | { readonly kind: 'points'; readonly name: string; readonly points: readonly (readonly [number, number])[] }
  /** Images [n, channels, size, size] in [-1, 1], read from a file, and their labels, read from another. */
  | {
      readonly kind: 'images'
      readonly name: string
      readonly shape: readonly number[]
      readonly pixels: Float32Array
      readonly labels?: Int32Array
    }

/** A game as data: all that a link holds. */
export interface Game {
  readonly spec: JsonRecord
  readonly data: Data
  readonly batchSize: number
  readonly seed: number
}

export type EngineChoice = 'wasm' | 'gpu:webgpu'

export interface IssueText {
  readonly path: readonly (string | number)[]
  readonly text: string
  readonly isWarning: boolean
  /** Of the reader's code, from 1, where something was thrown there. */
  readonly line?: number
}

/** What may be chosen, from the library's own registries. */
export interface Catalogue {
  readonly kinds: Readonly<Record<string, { readonly title: string; readonly names: readonly string[] }>>
}

/** What may stand at a place of a spec besides what stands there: words to choose from, or a schedule for a number. */
export interface Choice {
  readonly words?: readonly string[]
  readonly schedule?: boolean
}

export interface Described {
  readonly code: string
  readonly issues: readonly IssueText[]
  /** By path, its steps joined by '/'. */
  readonly choices: Readonly<Record<string, Choice>>
  readonly players: readonly string[]
}

export interface PlayerFigures {
  readonly loss: number
  readonly gradientNorm: number
  readonly terms: Readonly<Record<string, number>>
}

export interface StepFigures {
  readonly step: number
  readonly players: Readonly<Record<string, PlayerFigures>>
}

/** How the generator stretches the plane of latents around a point of it. */
export interface Ellipse {
  readonly centre: readonly [number, number]
  /** The halves of the axes, as vectors of the plane of samples, for a step of the length `reach` in latents. */
  readonly axes: readonly [long: readonly [number, number], short: readonly [number, number]]
}

/** What is seen of a state. */
export interface Frame {
  readonly step: number
  /** How many phases of the next cycle are done, of how many, and whom the last of them moved. */
  readonly phase: { readonly done: number; readonly count: number; readonly moved: readonly string[] }
  readonly stepsPerSecond: number
  readonly figures: readonly StepFigures[]
  /** Of the log condition number at a few fixed latents, and their singular values, descending. */
  readonly conditioning?: { readonly logCondition: number; readonly singularValues: readonly (readonly number[])[] }
  readonly points?: {
    readonly reals: Float32Array
    readonly samples: Float32Array
    /** The critic's values on a square grid over the view, row by row from the bottom. */
    readonly critic?: { readonly side: number; readonly values: Float32Array }
    /** The critic's gradient at the first samples: where they are pulled. */
    readonly pull?: Float32Array
    /** Images of a grid of latents, side x side points. */
    readonly folded?: { readonly side: number; readonly points: Float32Array }
    readonly ellipses: readonly Ellipse[]
    readonly modes?: { readonly captured: number; readonly modes: number; readonly highQuality: number }
  }
  readonly images?: { readonly shape: readonly number[]; readonly pixels: Float32Array; readonly walk?: Float32Array }
  /** For a game of two numbers: where it is, and the field on a square grid over the view. */
  readonly plane?: { readonly at: readonly [number, number]; readonly side: number; readonly field: Float32Array }
  /** Half the side of the square of the plane that is seen. */
  readonly extent: number
  readonly recorded: readonly number[]
}

export type Request =
  | { readonly type: 'catalogue' }
  | { readonly type: 'presets'; readonly data: Data }
  | { readonly type: 'preset'; readonly name: string; readonly data: Data }
  | { readonly type: 'make'; readonly kind: string; readonly name: string; readonly like: JsonRecord }
  | { readonly type: 'describe'; readonly spec: JsonRecord }
  /** Reads a file; labels are of the images that are the data. */
  | { readonly type: 'read'; readonly name: string; readonly bytes: Uint8Array; readonly beside: Data }
  | {
      readonly type: 'open'
      readonly game: Game
      readonly code?: string
      readonly engine: EngineChoice
      readonly epoch: number
    }
  | { readonly type: 'play' | 'pause' }
  /** Steps a second at most; null for as many as it can do. */
  | { readonly type: 'speed'; readonly most: number | null }
  | { readonly type: 'advance'; readonly steps: number }
  | { readonly type: 'phase' }
  | { readonly type: 'return'; readonly step: number }

export type Answer =
  | { readonly type: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly type: 'refusal'; readonly id: number; readonly issues: readonly IssueText[] }
  | { readonly type: 'frame'; readonly frame: Frame; readonly epoch: number }
  | {
      readonly type: 'state'
      readonly playing: boolean
      readonly issues: readonly IssueText[]
      readonly epoch?: number
    }
