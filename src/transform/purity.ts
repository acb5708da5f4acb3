import { constant, input } from '../program/leaves.ts'
import type { Node } from '../program/node.ts'
import type { Program } from '../program/program.ts'
import { nodesOf } from '../program/program.ts'
import type { Data } from '../tensor/dtype.ts'
import type { SaddlepointError } from '../tensor/error.ts'
import { errorOf } from '../tensor/error.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { showAval } from '../tensor/tensor.ts'

/** Hears of a warning. What it throws ends the call that gave rise to it. */
export type OnWarning = (warning: SaddlepointError) => void

const equalData = (a: Data, b: Data): boolean =>
  a.length === b.length && a.every((x: number, i: number) => Object.is(x, b[i]))

const showParam = (value: unknown): string => (typeof value === 'number' ? String(value) : JSON.stringify(value))

/** Shows a node with its numbers; two nodes that differ by them show differently as a rule. */
const showNode = ({ primitive, params, ...aval }: Node): string => {
  if (primitive === input) return `an argument ${showAval(aval)}`
  if (primitive === constant) return `a captured ${showAval(aval)}`
  const shown = Object.entries(params).filter(([name, value]) => name !== 'dtype' && typeof value !== 'function')
  return `${primitive.name} ${shown.map(([name, value]) => `${name} ${showParam(value)}`).join(', ')}`.trim()
}

const equalParams = (a: Node, b: Node): boolean =>
  a.primitive === constant
    ? equalData((a.params['tensor'] as Tensor).data, (b.params['tensor'] as Tensor).data)
    : a.params['value'] !== undefined || b.params['value'] !== undefined
      ? Object.is(a.params['value'], b.params['value'])
      : JSON.stringify(a.params) === JSON.stringify(b.params)

/** Finds the first place at which two programs differ, in words; undefined where they are the same. */
export const difference = (first: Program, again: Program): string | undefined => {
  const [one, two] = [first, again].map(({ inputs, outputs }) => nodesOf([...inputs, ...outputs])) as [
    readonly Node[],
    readonly Node[]
  ]
  const places = new Map(two.map((node, i) => [node, i]))
  const placesBefore = new Map(one.map((node, i) => [node, i]))
  const alike = (a: Node, b: Node): boolean =>
    a.primitive === b.primitive &&
    showAval(a) === showAval(b) &&
    a.operands.length === b.operands.length &&
    a.operands.every((x, i) => placesBefore.get(x) === places.get(b.operands[i]!)) &&
    (a.primitive === input || equalParams(a, b))
  const at = one.findIndex((node, i) => two[i] === undefined || !alike(node, two[i]))
  if (at >= 0) return `${showNode(one[at]!)} first, ${two[at] === undefined ? 'nothing' : showNode(two[at])} then`
  if (one.length !== two.length) return `${String(one.length)} operations first, ${String(two.length)} then`
  const moved = first.outputs.some((node, i) => placesBefore.get(node) !== places.get(again.outputs[i]!))
  return moved || first.outputs.length !== again.outputs.length ? 'results in another order' : undefined
}

/**
 * Traces a function a second time, and warns where that gives another program: what was drawn by Math.random, counted or
 * read off a clock while it was traced stays the same number in the compiled program for ever.
 */
export const impurity = (op: string, program: Program, again: () => Program): readonly SaddlepointError[] => {
  const found = differenceFrom(program, again)
  return found === undefined
    ? []
    : [
        errorOf('Impure', {
          op,
          expected: 'a function that gives the same program each time it is traced',
          actual: `two traces that differ: ${found}`,
          hint: 'What Math.random, a counter or a clock gave while it was traced stays what it was: pass it as an argument, and draw with Random from a key'
        })
      ]
}

const differenceFrom = (program: Program, again: () => Program): string | undefined => {
  try {
    return difference(program, again())
  } catch (cause) {
    return `the second throws ${cause instanceof Error ? cause.message : String(cause)}`
  }
}
