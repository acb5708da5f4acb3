import { sizeOf } from '../../../src/tensor/shape.ts'
import type { Affine } from '../../../src/nest/affine.ts'
import { affineOf } from '../../../src/nest/affine.ts'
import type { Scalar } from '../../../src/nest/expression.ts'
import { functionOf, openArguments } from '../source/arguments.ts'
import type { Launch, PrintSite } from '../kernel.ts'
import type { Operand, Points } from './points.ts'
import { extentsOf, finished } from './points.ts'
import { rangesOf } from '../limits/ranges.ts'
import { scalarPrinter } from './printScalar.ts'
import type { Line, Source, Term } from '../source/source.ts'
import { behind, numeral, openSource } from '../source/source.ts'
import { splitIndex } from '../source/indices.ts'

/** Writes an affine sum with the axes of inner loops last, so that a loop computes only what changes in it. */
const sumOf = (line: Line, { constant, coefficients }: Affine, axis: (n: number) => Term, rank: number): Term => {
  const terms = [...coefficients]
    .sort(([m], [n]) => m - n)
    .map(([n, factor]): [number, Term] => [n, factor === 1 ? axis(n) : line`${axis(n)} * ${factor}`])
  const parts = [
    ...terms.filter(([n]) => n < rank).map(([, term]) => term),
    ...(constant === 0 ? [] : [numeral(constant)]),
    ...terms.filter(([n]) => n >= rank).map(([, term]) => term)
  ]
  return parts.length === 0 ? numeral(0) : parts.reduce((a, b) => line`${a} + ${b}`)
}

const nameOf = (level: number): string => `r${String(level)}`

/** An offset that moves on by `step` with every step of the innermost loop, which is cheaper than computing it anew. */
interface Pointer {
  readonly name: string
  readonly start: Term
  readonly step: number
}

/**
 * Writes the loops of a reduction. Each loop of a sum has its own total; a maximum starts from the first element, since
 * no literal is below all numbers.
 */
const reduce = (
  { linesAt, line }: Source,
  counts: readonly number[],
  combine: 'sum' | 'max',
  value: Term,
  pointers: readonly Pointer[]
): string[] => {
  const deepest = counts.length
  const first = counts.map((_, i): Term => ({ text: nameOf(i), depth: i + 1 })).reduce((a, b) => line`${a} + ${b}`)
  const total = (level: number): string => (combine === 'sum' ? `s${String(level)}` : 's0')
  const update =
    combine === 'sum'
      ? `${total(deepest - 1)} = ${total(deepest - 1)} + ${value.text};`
      : `s0 = ${first.text} > 0.5 ? Math.max(s0, ${value.text}) : ${value.text};`
  const declared = pointers.map(({ name, start }) => `let ${name} = ${start.text};`)
  const moved = pointers.map(({ name, step }) => `${name} = ${name} + ${numeral(step).text};`)
  const nest = (level: number): string[] => {
    if (level === deepest) return [...linesAt(level), update, ...moved]
    const name = nameOf(level)
    return [
      ...linesAt(level),
      ...(combine === 'sum' || level === 0 ? [`let ${total(level)} = 0;`] : []),
      ...(level === deepest - 1 ? declared : []),
      `for (let ${name} = 0; ${name} < ${String(counts[level])}; ${name}++) {`,
      ...nest(level + 1).map((text) => `  ${text}`),
      '}',
      ...(combine === 'sum' && level > 0 ? [`${total(level - 1)} = ${total(level - 1)} + ${total(level)};`] : [])
    ]
  }
  return nest(0)
}

/**
 * Prints points as one kernel: one result a thread, extents written into the text, a loop for each axis of the
 * reduction.
 */
export const printPoints = (
  points: Points,
  operands: readonly Operand[],
  writes: number,
  { quads }: Pick<PrintSite, 'quads'>
): Launch => {
  const { domain, reduction, body, finish } = points
  const rank = domain.length
  const size = sizeOf(domain)
  const cells = Math.ceil(size / 4) * 4
  const source = openSource()
  const { line, linesAt } = source
  const thread = line`this.thread.x`
  // Threads beyond the last element, which pad the output to a multiple of four, compute the last element again.
  const x = cells === size ? thread : line`Math.min(${thread}, ${size - 1})`
  const rangeOf = rangesOf(
    extentsOf(points),
    operands.map(({ range }) => range)
  )
  let split: readonly (Term | undefined)[] | undefined
  const axis = (n: number): Term =>
    n < rank
      ? ((split ??= splitIndex(line, x, domain))[n] ?? numeral(0))
      : { text: nameOf(n - rank), depth: n - rank + 1 }
  const args = openArguments()
  const counts = reduction?.extents ?? []
  const loops = counts.length > 0
  const innermost = rank + counts.length - 1
  const pointers: Pointer[] = []
  const pointerAt = (start: Term, step: number): Term => {
    const known = pointers.find((pointer) => pointer.start.text === start.text && pointer.step === step)
    const { name } = known ?? { name: `p${String(pointers.length)}` }
    if (known === undefined) pointers.push({ name, start, step })
    return { text: name, depth: counts.length }
  }
  /** Writes an offset; one that the innermost loop moves is a pointer and a constant distance from it. */
  const sumAt = (sum: Affine): Term => {
    const step = loops ? sum.coefficients.get(innermost) : undefined
    if (step === undefined) return sumOf(line, sum, axis, rank)
    const coefficients = new Map(sum.coefficients)
    coefficients.delete(innermost)
    const pointer = pointerAt(sumOf(line, { constant: 0, coefficients }, axis, rank), step)
    return sum.constant === 0 ? pointer : line`${pointer} + ${sum.constant}`
  }
  const offsetOf = (e: Scalar, last: number, of: (e: Scalar) => Term): Term => {
    const affine = affineOf(e)
    const term = affine === undefined ? of(e) : sumAt(affine)
    const { low, high } = rangeOf(e)
    return low >= 0 && high <= last ? term : line`Math.max(Math.min(${term}, ${last}), 0)`
  }
  const print = scalarPrinter({
    line,
    rangeOf,
    axis,
    quads,
    load: (n, [offset], of) => {
      if (n === finished) return loops ? { text: 's0', depth: behind } : value
      const { buffer, size } = operands[n]!
      const array: Term = { text: args.nameOf(buffer), depth: 0 }
      return line`${array}[${offsetOf(offset!, size - 1, of)}]`
    }
  })
  const value = print(body)
  const summed: Term = loops ? { text: 's0', depth: behind } : value
  const result = finish === undefined ? summed : print(finish)
  const text = [
    ...(loops ? reduce(source, counts, reduction!.combine, value, pointers) : linesAt(0)),
    ...linesAt(behind),
    `return ${result.text};`
  ]
  return { kernel: { source: functionOf(args, text), output: [cells] }, reads: args.reads, writes }
}
