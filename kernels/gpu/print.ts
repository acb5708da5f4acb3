import * as E from '#fp-ts/Either'
import { equalShapes, sizeOf, stridesOf } from '../../src/tensor/shape.ts'
import type { Scalar } from '../nest/expression.ts'
import type { Nest } from '../nest/nest.ts'
import type { Kernel, KernelOperand } from './kernel.ts'
import type { Loops } from './loops.ts'
import { loopsOver } from './loops.ts'
import type { Obstacle } from './obstacle.ts'
import { obstacleTo } from './obstacle.ts'
import type { Range } from './ranges.ts'
import { rangesOf } from './ranges.ts'
import { scalarPrinter } from './scalar.ts'
import type { Line, Source, Term } from './source.ts'
import { numeral, openSource } from './source.ts'
import { splitIndex } from './splitting.ts'

/** Position of an element in a flat array, each index kept within its axis unless its range already is. */
const offsetOf = (
  line: Line,
  { shape }: KernelOperand,
  index: readonly Scalar[],
  print: (e: Scalar) => Term,
  rangeOf: (e: Scalar) => Range
): Term => {
  const strides = stridesOf(shape)
  let offset: Term | undefined
  index.forEach((e, i) => {
    const last = shape[i]! - 1
    if (last === 0) return
    const { low, high } = rangeOf(e)
    const term = low >= 0 && high <= last ? print(e) : line`Math.max(Math.min(${print(e)}, ${last}), 0)`
    const part = strides[i] === 1 ? term : line`${term} * ${strides[i]!}`
    offset = offset === undefined ? part : line`${offset} + ${part}`
  })
  return offset ?? numeral(0)
}

/** A sum adds up each loop by itself; a maximum starts from the first element, since no literal is below all numbers. */
const reduce = (
  { linesAt, line }: Source,
  { counters, inside }: Loops,
  combine: 'sum' | 'max',
  value: Term
): string[] => {
  const deepest = counters.length
  if (deepest === 0) return [...linesAt(0), `return ${value.text};`]
  const added = inside.reduce((v, when) => line`${when} > 0.5 ? ${v} : 0`, value)
  const first = counters.map(({ name }, i): Term => ({ text: name, depth: i + 1 })).reduce((a, b) => line`${a} + ${b}`)
  const total = (level: number): string => (combine === 'sum' ? `s${String(level)}` : 's0')
  const update =
    combine === 'sum'
      ? `${total(deepest - 1)} = ${total(deepest - 1)} + ${added.text};`
      : `s0 = ${first.text} > 0.5 ? Math.max(s0, ${value.text}) : ${value.text};`
  const nest = (level: number): string[] => {
    if (level === deepest) return [...linesAt(level), update]
    const { name, count } = counters[level]!
    return [
      ...linesAt(level),
      ...(combine === 'sum' || level === 0 ? [`let ${total(level)} = 0;`] : []),
      `for (let ${name} = 0; ${name} < ${String(count)}; ${name}++) {`,
      ...nest(level + 1).map((text) => `  ${text}`),
      '}',
      ...(combine === 'sum' && level > 0 ? [`${total(level - 1)} = ${total(level - 1)} + ${total(level)};`] : [])
    ]
  }
  return [...nest(0), 'return s0;']
}

/** The nest as a kernel: one result a thread, shapes and numbers baked in. */
export const printKernel = (nest: Nest, operands: readonly KernelOperand[]): E.Either<Obstacle, Kernel> => {
  const obstacle = obstacleTo(nest, operands)
  if (obstacle !== undefined) return E.left(obstacle)
  const { domain, reduction } = nest
  const size = sizeOf(domain)
  const cells = Math.ceil(size / 4) * 4
  const source = openSource()
  const { line } = source
  const thread = line`this.thread.x`
  // Threads that only fill up the last four do the last element's work again, so that they read in bounds.
  const x = cells === size ? thread : line`Math.min(${thread}, ${size - 1})`
  const loops = loopsOver(reduction?.extents ?? [], line)
  const rangeOf = rangesOf([...domain, ...(reduction?.extents ?? [])], operands)
  let split: readonly (Term | undefined)[] | undefined
  const axis = (n: number): Term =>
    n < domain.length ? ((split ??= splitIndex(line, x, domain))[n] ?? numeral(0)) : loops.indices[n - domain.length]!
  const reads: number[] = []
  const argument = (operand: number): Term => {
    const known = reads.indexOf(operand)
    return { text: `a${String(known >= 0 ? known : reads.push(operand) - 1)}`, depth: 0 }
  }
  const here = (index: readonly Scalar[]): boolean => index.every((e, i) => e.kind === 'axis' && e.axis === i)
  const print = scalarPrinter({
    line,
    rangeOf,
    axis,
    load: (operand, index, of) => {
      const array = operands[operand]!
      if (array.value !== undefined) return line`${Math.fround(array.value)}`
      const offset = here(index) && equalShapes(array.shape, domain) ? x : offsetOf(line, array, index, of, rangeOf)
      return line`${argument(operand)}[${offset}]`
    }
  })
  const value = print(nest.body)
  const body = reduce(source, loops, reduction?.combine ?? 'sum', value)
  const names = reads.map((_, i) => `a${String(i)}`).join(', ')
  return E.right({ source: `function(${names}) {\n  ${body.join('\n  ')}\n}`, reads, size, cells })
}
