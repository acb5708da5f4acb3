import type { Data } from '../tensor/dtype.ts'
import { evaluateInTurns } from './evaluate.ts'
import { constant, input } from './leaves.ts'
import type { Node } from './node.ts'
import type { Program } from './program.ts'
import { nodesOf } from './program.ts'

/** Where numbers that are not finite come from: a node that makes one of operands that are finite. */
export interface Origin {
  readonly node: Node
  readonly value: number
}

/** What a program gives in single precision, and where what is not finite in it comes from, in the order of the trace. */
export interface Replay {
  readonly outputs: readonly Data[]
  readonly origins: readonly Origin[]
}

const brokenIn = (data: Data): number | undefined => {
  for (const value of data) if (!Number.isFinite(value)) return value
  return undefined
}

/**
 * Runs a program on the reference evaluator and follows what is not finite in its outputs back to where all operands are.
 * What is not finite but reaches no output counts for nothing: the untaken side of a select may be anything. It takes
 * turns with others: undefined where `goesOn`, asked every 40 ms, says no.
 */
export const replay = async (
  program: Program,
  inputs: readonly Data[],
  goesOn: () => Promise<boolean>
): Promise<Replay | undefined> => {
  const broken = new Map<Node, number>()
  const note = (node: Node, data: Data): void => {
    const value = node.dtype === 'float32' ? brokenIn(data) : undefined
    if (value !== undefined) broken.set(node, value)
  }
  program.inputs.forEach((node, i) => {
    note(node, inputs[i]!)
  })
  const outputs = await evaluateInTurns(program, 'float32', inputs, goesOn, note)
  if (outputs === undefined) return undefined

  // What only has another shape than its operand is not computed.
  const order = nodesOf(program.outputs)
  for (const node of order) {
    if (node.primitive === constant) note(node, (node.params as { tensor: { data: Data } }).tensor.data)
    const lowering = node.primitive.lower(node.operands, node, node.params)
    const value = lowering.kind === 'alias' ? broken.get(node.operands[lowering.operand]!) : undefined
    if (value !== undefined) broken.set(node, value)
  }
  const isOrigin = ({ operands }: Node): boolean => !operands.some((x) => broken.has(x))
  const reached = nodesOf(
    program.outputs.filter((x) => broken.has(x)),
    (node) => node.operands.filter((x) => broken.has(x))
  )
  const origins = reached.filter(isOrigin).sort((a, b) => a.id - b.id)
  return { outputs, origins: origins.map((node) => ({ node, value: broken.get(node)! })) }
}

/** Tells whether it is an input of the program itself. */
export const isGiven = ({ node }: Origin): boolean => node.primitive === input
