import { affineOf, isIdentity } from '../../../src/nest/affine.ts'
import type { Affine } from '../../../src/nest/affine.ts'
import { accumulate } from './accumulate.ts'
import { functionOf, openArguments } from '../source/arguments.ts'
import { elementsOf } from './elements.ts'
import type { Finish } from './epilogue.ts'
import type { Launch, PrintSite } from '../kernel.ts'
import { finished } from '../points/points.ts'
import type { Products } from './products.ts'
import { countOf, joined } from './products.ts'
import { rangesOf } from '../limits/ranges.ts'
import { scalarPrinter } from '../points/printScalar.ts'
import type { Line, Term } from '../source/source.ts'
import { behind, numeral, openSource } from '../source/source.ts'
import { splitIndex } from '../source/indices.ts'

/** Returns how many sums a thread computes at once; each thread returns one of them. */
export const lanesAt = ({ quads }: Pick<PrintSite, 'quads'>): number => (quads ? 4 : 1)

/** Writes an offset that is affine in the axes of `domain`; `cell` is the row-major position there. */
const placeOf = (line: Line, cell: Term, domain: readonly number[], offset: Affine): Term => {
  if (isIdentity(offset, domain)) return cell
  const indices = splitIndex(line, cell, domain)
  return [...offset.coefficients].reduce<Term>(
    (sum, [n, coefficient]) => line`${sum} + ${indices[n] ?? numeral(0)} * ${coefficient}`,
    numeral(offset.constant)
  )
}

/**
 * Declares a pointer. With four lanes it must be the same for the four threads of a vector, so that gpu.js's WebAssembly
 * computes the four sums as scalars: it cannot load neighbours as a vector, and gathering four elements costs more than the
 * vector saves. gpu.js keeps such a value as an integer only if it starts as an extent of the output and is incremented.
 */
const declarePointer = (name: string, start: Term, lanes: number): readonly string[] =>
  lanes === 1
    ? [`let ${name} = ${start.text};`]
    : [`let ${name} = this.output.x;`, `${name}++;`, `${name} = ${start.text};`]

/** Prints sums of products, and what `finish` computes from them, as one kernel. */
export const printProducts = (
  products: Products,
  finish: Finish | undefined,
  writes: number,
  site: PrintSite
): Launch => {
  const places = joined(products.places)
  const size = countOf(places)
  const lanes = lanesAt(site)
  const threads = Math.ceil(size / 4) * 4
  const { line, linesAt } = openSource()
  const args = openArguments()
  const inRange = (number: Term): Term => (threads === size ? number : line`Math.min(${number}, ${size - 1})`)
  const [one, other] = products.factors
  const elements = elementsOf(line, lanes === 1 ? inRange(line`this.thread.x`) : line`this.thread.y`, lanes, { ...products, places }) // prettier-ignore
  const { lines, sums } = accumulate(joined(products.terms), {
    ...elements,
    arrays: [args.nameOf(one.buffer), args.nameOf(other.buffer)]
  })
  const own = (from: number, to: number): Term => {
    if (to - from === 1) return { text: sums[from]!, depth: behind }
    const middle = (from + to) / 2
    return line`this.thread.x < ${middle} ? ${own(from, middle)} : ${own(middle, to)}`
  }
  const total = own(0, lanes)
  const result = (): Term => {
    if (finish === undefined) return total
    const { body, domain, operands } = finish
    const cell = inRange(lanes === 1 ? line`this.thread.x` : line`this.thread.y * 4 + this.thread.x`)
    const print = scalarPrinter({
      line,
      rangeOf: rangesOf(domain, []),
      axis: () => cell,
      quads: site.quads,
      load: (n, [offset]) => {
        if (n === finished) return total
        const array: Term = { text: args.nameOf(operands[n]!.buffer), depth: 0 }
        return line`${array}[${placeOf(line, cell, domain, affineOf(offset!)!)}]`
      }
    })
    return print(body)
  }
  const answer = result()
  const text = [
    ...linesAt(0),
    ...elements.pointers.flatMap(({ name, start }) => declarePointer(name, start, lanes)),
    ...lines,
    ...linesAt(behind),
    `return ${answer.text};`
  ]
  return {
    kernel: { source: functionOf(args, text), output: lanes === 1 ? [threads] : [lanes, threads / lanes] },
    reads: args.reads,
    writes
  }
}
