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

/**
 * The reference engine's core, and the oracle of every other: each node once, in order, in double precision rounded
 * to `precision` when stored. A buffer is used again after its last reader. `seen` is shown each value as it is computed.
 */
export const prepare = (program: Program, precision: Precision, seen?: (node: Node, data: Data) => void): Evaluator => {
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
  const steps: {
    readonly node: Node
    readonly run: Evaluation
    readonly reads: readonly number[]
    readonly writes: number
  }[] = []
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
      free.set(kind, [...(free.get(kind) ?? []), data])
    }
  })

  return (inputs) => {
    inputSlots.forEach((slot, i) => {
      if (slot !== undefined) slots[slot] = rounded(inputs[i]!, program.inputs[i]!, precision)
    })
    for (const { node, run, reads, writes } of steps) {
      const data = slots[writes]!
      run(
        reads.map((slot) => slots[slot]!),
        data
      )
      seen?.(node, data)
    }
    return program.outputs.map((output) => slots[slotOf.get(output)!]!.slice())
  }
}

const dtypeOf = (data: Data): Aval['dtype'] =>
  data instanceof Int32Array ? 'int32' : data instanceof Uint8Array ? 'bool' : 'float32'
