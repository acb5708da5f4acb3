import type { Data, Precision } from '../tensor/dtype.ts'
import { allocate } from '../tensor/dtype.ts'
import { sizeOf } from '../tensor/shape.ts'
import type { Aval } from '../tensor/tensor.ts'
import { constant, input } from './leaves.ts'
import type { Node } from './node.ts'
import type { Evaluation } from './primitive.ts'
import type { Program } from './program.ts'
import { nodesOf } from './program.ts'

/** A program made ready to run on arrays, one an input, in plain loops. Results are arrays of their own. */
export type Evaluator = (inputs: readonly Data[]) => readonly Data[]

const kindOf = (aval: Aval, precision: Precision): string =>
  `${aval.dtype === 'float32' ? precision : aval.dtype} ${String(sizeOf(aval.shape))}`

const rounded = (data: Data, aval: Aval, precision: Precision): Data => {
  if (aval.dtype !== 'float32') return data
  if (precision === 'float64') return data instanceof Float64Array ? data : Float64Array.from(data)
  return data instanceof Float32Array ? data : Float32Array.from(data)
}

/** One node to be computed: which slots it reads, and which it writes. */
interface Step {
  readonly node: Node
  readonly run: Evaluation
  readonly reads: readonly number[]
  readonly writes: number
}

/** A program laid out in slots: load the inputs, do the steps in order, read the results. */
interface Layout {
  readonly load: (inputs: readonly Data[]) => void
  readonly steps: readonly Step[]
  readonly compute: (step: Step) => void
  readonly results: () => readonly Data[]
}

type Seen = (node: Node, data: Data) => void

/** Lays a program out, so that a buffer is used again after its last reader. */
const layOut = (program: Program, precision: Precision, seen: Seen | undefined): Layout => {
  const order = nodesOf(program.outputs)
  const slots: (Data | undefined)[] = []
  const slotOf = new Map<Node, number>()
  const aliasOf = new Map<Node, Node>()
  for (const node of order) {
    const lowering = node.primitive.lower(node.operands, node, node.params)
    if (lowering.kind === 'alias') aliasOf.set(node, node.operands[lowering.operand]!)
  }

  const lastReader = new Map<number, number>()
  order.forEach((node, step) => {
    const alias = aliasOf.get(node)
    const slot = alias !== undefined ? slotOf.get(alias)! : slots.push(undefined) - 1
    slotOf.set(node, slot)
    for (const operand of [node, ...node.operands]) lastReader.set(slotOf.get(operand)!, step)
  })
  for (const output of program.outputs) lastReader.set(slotOf.get(output)!, order.length)

  const inputSlots = program.inputs.map((node) => slotOf.get(node))
  const steps: Step[] = []
  const free = new Map<string, Data[]>()
  const fixed = new Set<number>()
  order.forEach((node, step) => {
    const slot = slotOf.get(node)!
    if (node.primitive === input) fixed.add(slot)
    else if (node.primitive === constant) {
      fixed.add(slot)
      slots[slot] = rounded((node.params as { tensor: { data: Data } }).tensor.data, node, precision)
    } else if (!aliasOf.has(node)) {
      slots[slot] = free.get(kindOf(node, precision))?.pop() ?? allocate(node.dtype, sizeOf(node.shape), precision)
      steps.push({
        node,
        run: node.primitive.evaluate(node.operands, node, node.params),
        reads: node.operands.map((x) => slotOf.get(x)!),
        writes: slot
      })
    }
    for (const operand of new Set([slot, ...node.operands.map((x) => slotOf.get(x)!)])) {
      const data = slots[operand]
      if (lastReader.get(operand) !== step || fixed.has(operand) || data === undefined) continue
      const kind = kindOf({ shape: [data.length], dtype: dtypeOf(data) }, precision)
      const others = free.get(kind)
      if (others === undefined) free.set(kind, [data])
      else others.push(data)
    }
  })

  return {
    load: (inputs) => {
      inputSlots.forEach((slot, i) => {
        if (slot !== undefined) slots[slot] = rounded(inputs[i]!, program.inputs[i]!, precision)
      })
    },
    steps,
    compute: ({ node, run, reads, writes }) => {
      const data = slots[writes]!
      run(
        reads.map((slot) => slots[slot]!),
        data
      )
      seen?.(node, data)
    },
    results: () => program.outputs.map((output) => slots[slotOf.get(output)!]!.slice())
  }
}

/**
 * Makes a program ready to run: the reference engine's core, and the oracle of every other: each node once, in order, in double precision rounded
 * to `precision` when stored. A buffer is used again after its last reader. `seen` is shown each value as it is computed.
 */
export const prepare = (program: Program, precision: Precision, seen?: Seen): Evaluator => {
  const { load, steps, compute, results } = layOut(program, precision, seen)
  return (inputs) => {
    load(inputs)
    for (const step of steps) compute(step)
    return results()
  }
}

/** Milliseconds of computing after which others have their turn. */
const turnMilliseconds = 40

/**
 * Does what `prepare` does, in turns with others: between two nodes `goesOn` is waited for every 40 ms, and undefined comes
 * back where it says no. A single node is not interrupted.
 */
export const evaluateInTurns = async (
  program: Program,
  precision: Precision,
  inputs: readonly Data[],
  goesOn: () => Promise<boolean>,
  seen?: Seen
): Promise<readonly Data[] | undefined> => {
  const { load, steps, compute, results } = layOut(program, precision, seen)
  load(inputs)
  let turn = Date.now()
  for (const step of steps) {
    compute(step)
    if (Date.now() - turn < turnMilliseconds) continue
    if (!(await goesOn())) return undefined
    turn = Date.now()
  }
  return results()
}

const dtypeOf = (data: Data): Aval['dtype'] =>
  data instanceof Int32Array ? 'int32' : data instanceof Uint8Array ? 'bool' : 'float32'
