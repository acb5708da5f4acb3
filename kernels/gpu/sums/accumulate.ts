import type { StridedAxis } from './products.ts'
import { countOf } from './products.ts'
import { divisorNear, longestRun } from '../points/runs.ts'

/** A variable of the kernel that runs over the elements of a factor. */
export interface Pointer {
  readonly name: string
  readonly factor: 0 | 1
}

/** An element at a distance from where its pointer is. */
export interface Element {
  readonly pointer: string
  readonly offset: number
}

/** What a thread computes: in each lane the sum of products of two elements. */
export interface Accumulation {
  readonly pointers: readonly Pointer[]
  readonly lanes: readonly (readonly [Element, Element])[]
  /** Names of the arrays. */
  readonly arrays: readonly [string, string]
}

/** The most terms that are written out, rather than looped over. */
const mostTaps = 8
/** How many terms of a long axis one step of its loop adds. */
const unrolled = 4

/** Text that adds terms to the sums of a level. */
interface Text {
  readonly lines: (level: number) => readonly string[]
  /** How far the text moves the pointers into each factor. */
  readonly drift: StridedAxis['strides']
  /** How many numbers the text adds to each sum, one after the other. */
  readonly added: number
}

const times = ([one, other]: StridedAxis['strides'], count: number): StridedAxis['strides'] => [
  one * count,
  other * count
]

/** Writes `name` plus a number. */
const displaced = (name: string, by: number): string =>
  by === 0 ? name : `${name} ${by < 0 ? '-' : '+'} ${String(Math.abs(by))}`

/** Writes lines that add up all terms, and names the sums of the lanes. The lines move the pointers. */
export const accumulate = (
  terms: readonly StridedAxis[],
  { pointers, lanes, arrays }: Accumulation
): { readonly lines: readonly string[]; readonly sums: readonly string[] } => {
  let names = 0
  const sumsAt = (level: number): readonly string[] => lanes.map((_, lane) => `s${String(level)}_${String(lane)}`)
  const declare = (level: number): readonly string[] => sumsAt(level).map((sum) => `let ${sum} = 0;`)

  const move = (by: StridedAxis['strides']): readonly string[] =>
    pointers
      .filter(({ factor }) => by[factor] !== 0)
      .map(({ name, factor }) => `${name} = ${displaced(name, by[factor])};`)

  /** Writes one product a lane; an element that several lanes have in common is read once. */
  const tap = (at: StridedAxis['strides'], sums: readonly string[]): readonly string[] => {
    const read = lanes.map((elements) =>
      elements.map(({ pointer, offset }, f) => `${arrays[f]!}[${displaced(pointer, offset + at[f]!)}]`)
    )
    const common = new Set(read.flat().filter((text, i, all) => all.indexOf(text) < i))
    const known = new Map([...common].map((text) => [text, `v${String(names++)}`]))
    return [
      ...[...known].map(([text, name]) => `const ${name} = ${text};`),
      ...read.map((pair, lane) => `${sums[lane]!} = ${sums[lane]!} + ${pair.map((text) => known.get(text) ?? text).join(' * ')};`) // prettier-ignore
    ]
  }

  const written = (axes: readonly StridedAxis[]): Text => {
    const places = axes.reduce<readonly StridedAxis['strides'][]>(
      (outer, { extent, strides: [a, b] }) =>
        outer.flatMap(([x, y]) => Array.from({ length: extent }, (_, i) => [x + i * a, y + i * b] as const)),
      [[0, 0]]
    )
    return { lines: (level) => places.flatMap((at) => tap(at, sumsAt(level))), drift: [0, 0], added: places.length }
  }

  const loop = ({ extent, strides }: StridedAxis, body: Text): Text => {
    const { drift, added } = body
    const fresh = added > 1 && extent * added > longestRun
    const inside = (level: number): readonly string[] => {
      if (!fresh) return body.lines(level)
      const [sums, outer] = [sumsAt(level + 1), sumsAt(level)]
      return [
        ...declare(level + 1),
        ...body.lines(level + 1),
        ...outer.map((sum, i) => `${sum} = ${sum} + ${sums[i]!};`)
      ]
    }
    return {
      lines: (level) => {
        const counter = `r${String(names++)}`
        return [
          `for (let ${counter} = 0; ${counter} < ${String(extent)}; ${counter}++) {`,
          ...[...inside(level), ...move([strides[0] - drift[0], strides[1] - drift[1]])].map((line) => `  ${line}`),
          '}'
        ]
      },
      drift: times(strides, extent),
      added: fresh ? extent : extent * added
    }
  }

  /** Joins two texts, of which the second begins at a distance from where the first began. */
  const then = (first: Text, [one, other]: StridedAxis['strides'], second: Text): Text => ({
    lines: (level) => [
      ...first.lines(level),
      ...move([one - first.drift[0], other - first.drift[1]]),
      ...second.lines(level)
    ],
    drift: [one + second.drift[0], other + second.drift[1]],
    added: first.added + second.added
  })

  /** Walks the first axis in runs of `run`, and then what is left over. */
  const inRuns = ([{ extent, strides }, ...rest]: readonly [StridedAxis, ...StridedAxis[]], run: number): Text => {
    const whole = Math.floor(extent / run)
    const most = sumOf([{ extent: whole, strides: times(strides, run) }, { extent: run, strides }, ...rest])
    const left = extent - whole * run
    return left === 0 ? most : then(most, times(strides, whole * run), sumOf([{ extent: left, strides }, ...rest]))
  }

  const sumOf = (axes: readonly StridedAxis[]): Text => {
    const [first, ...rest] = axes
    if (first === undefined || countOf(axes) <= mostTaps) return written(axes)
    const root = Math.ceil(Math.sqrt(first.extent))
    if (first.extent > longestRun) return inRuns([first, ...rest], divisorNear(first.extent, root) ?? root)
    return rest.length === 0 ? inRuns([first], unrolled) : loop(first, sumOf(rest))
  }

  return { lines: [...declare(0), ...sumOf(terms).lines(0)], sums: sumsAt(0) }
}
