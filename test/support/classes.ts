import { show } from '../../src/program/show.ts'
import { prepare } from '../../src/program/evaluate.ts'
import type { Node } from '../../src/program/node.ts'
import type { Program } from '../../src/program/program.ts'
import type { Data } from '../../src/tensor/dtype.ts'
import { drawsFrom } from './draws.ts'

/** What two ways to compute a number must agree in whatever rounding does. */
export type Class = 'NaN' | 'Infinity' | '-Infinity' | '0' | '-0' | 'positive' | 'negative'

export const classOf = (x: number): Class =>
  Number.isNaN(x)
    ? 'NaN'
    : x === 0
      ? Object.is(x, -0)
        ? '-0'
        : '0'
      : Number.isFinite(x)
        ? x > 0
          ? 'positive'
          : 'negative'
        : x > 0
          ? 'Infinity'
          : '-Infinity'

/** Numbers below this may vanish, and lose digits: some devices flush them to 0. */
const leastNormal = 2 ** -126

const isNegative = (x: number): boolean => x < 0 || Object.is(x, -0)

/** Whether rounding explains the distance, in a class or between 0 and numbers too small to be held with all digits. */
export const agree = (actual: number, expected: number, tolerance: number): boolean => {
  if (Object.is(actual, expected)) return true
  if (!Number.isFinite(actual) || !Number.isFinite(expected)) return false
  if (isNegative(actual) !== isNegative(expected)) return false
  const size = Math.max(Math.abs(actual), Math.abs(expected))
  return Math.abs(actual - expected) <= tolerance * size + leastNormal
}

const rounding: ReadonlySet<string> = new Set([
  'exp', 'log', 'log1p', 'expm1', 'sin', 'cos', 'tanh', 'logistic', 'softplus', 'erf', 'sqrt', 'add', 'sub', 'mul', 'div',
  'pow', 'reduceSum', 'dotGeneral'
]) // prettier-ignore
const summing: ReadonlySet<string> = new Set(['reduceSum', 'dotGeneral'])
const largest = 3.4e38

/** Whether a sum may leave the range of floats on the way to a value inside it: then its value depends on its order. */
const overflows = (node: Node, valueOf: (node: Node) => Data): boolean => {
  if (!summing.has(node.primitive.name) || node.dtype !== 'float32') return false
  const size = (x: Node): number =>
    Math.max(0, ...Array.from(valueOf(x), Math.abs).filter((value) => Number.isFinite(value)))
  const terms = node.operands[0]!.shape.reduce((a, b) => a * b, 1)
  return node.operands.reduce((most, x) => most * size(x), 1) * terms > largest
}

export interface Judged {
  readonly expected: readonly Data[]
  /** For each number whether its class is decided by more than rounding. */
  readonly decided: readonly (readonly boolean[])[]
}

/**
 * The values of a program in single precision, and which of them would be the same, within `tolerance`, if every operation
 * rounded a little differently: only those can be asked of another way to compute them.
 */
export const judge = (program: Program, inputs: readonly Data[], tolerance: number, nudge = 2e-6): Judged => {
  const values = new Map<Node, Data>()
  const expected = prepare(program, 'float32', (node, data) => values.set(node, data.slice()))(inputs)
  program.inputs.forEach((node, i) => values.set(node, inputs[i]!))
  // Aliases are not computed: what they stand for is.
  const valueOf = (node: Node): Data => values.get(node) ?? (node.operands.length === 1 ? valueOf(node.operands[0]!) : new Float32Array(0)) // prettier-ignore
  const tainted = new Map<Node, boolean>()
  const isTainted = (node: Node): boolean => {
    const known = tainted.get(node)
    if (known !== undefined) return known
    const found = overflows(node, valueOf) || node.operands.some(isTainted)
    tainted.set(node, found)
    return found
  }
  const d = drawsFrom(1)
  const others = [1, -1, 0, 0].map((sign) =>
    prepare(program, 'float32', (node, data) => {
      if (!rounding.has(node.primitive.name) || node.dtype !== 'float32') return
      for (let i = 0; i < data.length; i++) {
        const by = sign === 0 ? d.pick([-1, 1]) : sign
        // Near 0 a number may vanish, or lose its digits.
        if (Math.abs(data[i]!) < leastNormal) data[i]! *= by > 0 ? 1.5 : 0
        else data[i]! *= 1 + by * nudge
      }
    })(inputs)
  )
  const decided = expected.map((data, n) =>
    isTainted(program.outputs[n]!)
      ? Array.from(data, () => false)
      : Array.from(data, (value, i) => others.every((other) => agree(other[n]![i]!, value, tolerance / 2)))
  )
  return { expected, decided }
}

/** Throws where another way to compute the program gives a number of another class, or one that rounding does not explain. */
export const expectClasses = (
  what: string,
  actual: readonly Data[],
  { expected, decided }: Judged,
  program: Program,
  tolerance: number
): void => {
  expected.forEach((data, n) =>
    data.forEach((value, i) => {
      if (decided[n]![i]! && !agree(actual[n]![i]!, value, tolerance))
        throw new Error(
          `${what}: output ${String(n)}[${String(i)}] is ${String(actual[n]![i])}, not ${String(value)}\n${show(program)}`
        )
    })
  )
}
