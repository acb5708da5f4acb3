import { o } from '../primitives/vocabulary.ts'
import type { Graph } from '../program/node.ts'
import { lift, makeInput } from '../program/graph.ts'
import type { Node } from '../program/node.ts'
import type { Tangent } from '../program/tangent.ts'
import { isZero, zero } from '../program/tangent.ts'
import type { Program } from '../program/program.ts'
import { nodesOf, operandsSince, substitute } from '../program/program.ts'
import { someNode } from '../program/scan.ts'
import { fail } from '../tensor/error.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { pushforward } from './pushforward.ts'
import { transposition } from './transposition.ts'

/** Pairs a program with its tangent program over fresh tangent inputs: the linear part that vjp transposes. */
export interface Linearization {
  readonly program: Program
  readonly tangentInputs: readonly Node[]
  readonly tangents: readonly Tangent[]
}

export const linearization = (graph: Graph, program: Program, op: string): Linearization => {
  const tangentInputs = program.inputs.map((x, i) => makeInput(graph, x, `tangent ${String(i)} of ${op}`))
  // Integers and masks do not move.
  const moving = tangentInputs.map((x) => (x.dtype === 'float32' ? x : zero(x)))
  return { program, tangentInputs, tangents: pushforward(program, moving) }
}

/** Evaluates tensors that hold the program's own inputs, at `primals`. Zeros are written out. */
export const at = (
  graph: Graph,
  program: Program,
  primals: readonly Tensor[],
  values: readonly Tangent[]
): readonly Tensor[] =>
  substitute(
    graph,
    values.map((x) => lift(graph, o.instantiate(x), 'a derivative')),
    program.inputs,
    primals
  )

/** Pulls cotangents of the outputs back to those of the program's own inputs. */
export const pullback = (
  { tangentInputs, tangents }: Linearization,
  cotangents: readonly Tensor[]
): readonly Tangent[] => {
  const moved = tangents.flatMap((tangent, i) =>
    isZero(tangent) ? [] : [{ tangent: tangent as Node, cotangent: cotangents[i]! }]
  )
  return transposition(
    { inputs: tangentInputs, outputs: moved.map(({ tangent }) => tangent) },
    moved.map(({ cotangent }) => cotangent)
  )
}

/** Pulls cotangents back: those of the inputs at `primals`, given those of the outputs. */
export const pullbackAt = (
  graph: Graph,
  linear: Linearization,
  primals: readonly Tensor[],
  cotangents: readonly Tensor[]
): readonly Tensor[] => at(graph, linear.program, primals, pullback(linear, cotangents))

/** Pushes `directions` forward to tangents of the outputs at `primals`. */
export const pushforwardAt = (
  graph: Graph,
  program: Program,
  primals: readonly Tensor[],
  directions: readonly Tangent[]
): readonly Tensor[] => at(graph, program, primals, pushforward(program, directions))

/**
 * Refuses tangents of `program` that need a rule which exists in reverse mode alone. How the `directions` themselves
 * came about is not asked: they may be tangents that an outer reverse mode will transpose.
 */
export const refuseReverseOnly = (
  op: string,
  { inputs }: Program,
  directions: readonly Tangent[],
  tangents: readonly Tangent[]
): void => {
  const given = new Set<Tangent>(directions)
  const since = operandsSince(inputs)
  const nodes = tangents.filter((x): x is Node => !isZero(x) && !given.has(x))
  const own = nodesOf(nodes, (node) => since(node).filter((x) => !given.has(x)))
  if (someNode(own, ({ primitive }) => primitive.reverseOnly === true))
    fail('NotForward', {
      op,
      expected: 'functions with a forward rule',
      actual: 'a customVjp, which has a reverse rule only',
      hint: 'Give the rule with customJvp, which serves both modes'
    })
}
