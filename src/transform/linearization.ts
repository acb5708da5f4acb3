import { o } from '../primitives/vocabulary.ts'
import type { Graph } from '../program/node.ts'
import { lift, makeInput } from '../program/graph.ts'
import type { Node } from '../program/node.ts'
import type { Tangent } from '../program/tangent.ts'
import { isZero, zero } from '../program/tangent.ts'
import type { Program } from '../program/program.ts'
import { nodesOf, operandsSince } from '../program/program.ts'
import { someNode } from '../program/scan.ts'
import { fail } from '../tensor/error.ts'
import type { Tensor } from '../tensor/tensor.ts'
import type { ValueOf } from './pushforward.ts'
import { pushforward } from './pushforward.ts'
import { transposition } from './transposition.ts'

/** Pairs fresh tangent inputs with the tangents of a program's outputs: its linear part, which vjp transposes. */
export interface Linearization {
  readonly tangentInputs: readonly Node[]
  readonly tangents: readonly Tangent[]
}

/** Linearizes a program: as it is, or at what `valueOf` its nodes says. */
export const linearization = (graph: Graph, program: Program, op: string, valueOf?: ValueOf): Linearization => {
  const tangentInputs = program.inputs.map((x, i) => makeInput(graph, x, `tangent ${String(i)} of ${op}`))
  // Integers and masks do not move.
  const moving = tangentInputs.map((x) => (x.dtype === 'float32' ? x : zero(x)))
  return { tangentInputs, tangents: pushforward(program, moving, valueOf) }
}

/** Writes derivatives out as nodes of the running trace: zeros, too. */
export const written = (graph: Graph, derivatives: readonly Tangent[]): readonly Node[] =>
  derivatives.map((x) => lift(graph, o.instantiate(x), 'a derivative'))

/** Pulls cotangents of the outputs back to those of the program's inputs. */
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

/**
 * Refuses tangents of `program` that need a rule which exists in reverse mode alone. How the `directions` and other values that
 * were there before the program came about is not asked: they may be tangents that an outer reverse mode will transpose.
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
  const reached = nodesOf(nodes, (node) => since(node).filter((x) => !given.has(x)))
  const own = reached.filter((node) => since(node).length > 0)
  if (someNode(own, ({ primitive }) => primitive.reverseOnly === true))
    fail('NotForward', {
      op,
      expected: 'functions with a forward rule',
      actual: 'a customVjp, which has a reverse rule only',
      hint: 'Give the rule with customJvp, which serves both modes'
    })
}
