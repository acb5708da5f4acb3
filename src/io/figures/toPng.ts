import { Resvg, initWasm } from '@resvg/resvg-wasm'
import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import type { None } from '../../tensor/arguments.ts'
import { oneOf, optional } from '../../tensor/options.ts'
import type { Rule } from '../../tensor/options.ts'
import { showValue } from '../../tensor/problem.ts'
import type { FileIssue } from '../fileIssue.ts'
import { readFileOptions } from '../fileIssue.ts'
import { readBytes } from '../files.ts'
import { nodeModules } from '../nodeModules.ts'
import type { Picture } from '../png.ts'
import { encodePng } from '../png.ts'

export interface PngOptions {
  /** Pixels of the picture for one of the figure, 2 by default. */
  readonly scale?: number
  /** 'light' (the default) draws dark ink on white, 'dark' light ink on near black. */
  readonly scheme?: 'light' | 'dark'
}

const scaleRule: Rule = {
  expected: 'a number above 0, up to 8, or nothing',
  accepts: (x) => x === undefined || (typeof x === 'number' && x > 0 && x <= 8)
}
const rules = { scale: scaleRule, scheme: optional(oneOf('light', 'dark')) }

const inks = { light: { ink: '#1f2328', paper: '#ffffff' }, dark: { ink: '#e6edf3', paper: '#161b22' } } as const

/** Reads a file of a package that this one depends on. */
const partOf = (name: string): TE.TaskEither<FileIssue, Uint8Array> =>
  pipe(
    TE.fromEither(nodeModules(name)),
    TE.flatMapEither(({ module }) =>
      E.tryCatch(
        () => module.createRequire(import.meta.url).resolve(name),
        (cause): FileIssue => ({
          _tag: 'Missing',
          file: name,
          expected: 'a package that this one depends on',
          actual: cause instanceof Error ? cause.message.split('\n')[0]! : String(cause)
        })
      )
    ),
    TE.flatMap((file) => readBytes(file))
  )

const fontFiles = [400, 700].map((weight) => `@fontsource/lato/files/lato-latin-${String(weight)}-normal.woff2`)

const load: TE.TaskEither<FileIssue, readonly Uint8Array[]> = pipe(
  partOf('@resvg/resvg-wasm/index_bg.wasm'),
  TE.flatMap((bytes) => TE.tryCatch(() => initWasm(bytes), unreadable)),
  TE.flatMap(() => pipe(fontFiles, TE.traverseArray(partOf)))
)

const unreadable = (cause: unknown): FileIssue => ({
  _tag: 'Unreadable',
  file: 'figure.svg',
  expected: 'the text of an SVG file that a figure gave',
  actual: cause instanceof Error ? cause.message : String(cause)
})

/** Drops the opacity, which is full on a ground of one colour: files are a third smaller than the renderer's own. */
const opaque = (rendered: {
  readonly width: number
  readonly height: number
  readonly pixels: Uint8Array
}): Picture => {
  const { width, height, pixels: all } = rendered
  const pixels = new Uint8ClampedArray(3 * width * height)
  for (let i = 0; i < width * height; i++) for (let c = 0; c < 3; c++) pixels[3 * i + c] = all[4 * i + c]!
  return { width, height, pixels }
}

/** The renderer may be started once in a process. */
let loaded: Promise<E.Either<FileIssue, readonly Uint8Array[]>> | undefined

/**
 * Renders the text of an SVG file as the bytes of a PNG file, with resvg, and Lato as the font of all text (Latin letters). Equal
 * figures give equal bytes, on any machine. For Node.
 *
 * @returns Left: what is no SVG, options that are none, a package that is not installed. Never rejects
 *
 * @example
 * import { E } from 'saddlepoint'
 * import { Figure } from 'saddlepoint/figures'
 * const svg = Figure.lines([{ name: 'loss', x: [0, 1, 2], y: [3, 2, 1] }])
 * const png = await Figure.toPng(svg, { scale: 1 })()
 * E.isRight(png) && png.right.slice(1, 4) // => [80, 78, 71]
 */
export const toPng = (svg: string, options: PngOptions = {}, ...more: None): TE.TaskEither<FileIssue, Uint8Array> =>
  pipe(
    readFileOptions<PngOptions>('figure.svg', { scale: 2, scheme: 'light' }, options, rules, more),
    E.filterOrElseW(
      () => typeof svg === 'string',
      (): FileIssue => ({
        _tag: 'BadType',
        file: 'figure.svg',
        expected: 'the text of an SVG file',
        actual: showValue(svg)
      })
    ),
    TE.fromEither,
    TE.bindTo('all'),
    TE.bind('fonts', () => () => (loaded ??= load())),
    TE.flatMapEither(({ all: { scale, scheme }, fonts }) =>
      E.tryCatch(() => {
        const { ink, paper } = inks[scheme]
        const renderer = new Resvg(svg.replace('<svg ', `<svg color="${ink}" `), {
          background: paper,
          fitTo: { mode: 'zoom', value: scale },
          font: { fontBuffers: [...fonts], defaultFontFamily: 'Lato', sansSerifFamily: 'Lato' }
        })
        try {
          return encodePng(opaque(renderer.render()))
        } finally {
          renderer.free()
        }
      }, unreadable)
    )
  )
