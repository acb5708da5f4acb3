import { call } from '../program/call.ts'
import { activeGraph, makeInput } from '../program/graph.ts'
import type { Graph } from '../program/node.ts'
import type { Primitive } from '../program/primitive.ts'
import type { Program } from '../program/program.ts'
import { rebuild, substitution } from '../program/program.ts'
import { rebuildResult } from '../program/trace.ts'
import { o } from '../primitives/vocabulary.ts'
import type { None } from '../tensor/arguments.ts'
import type { Arguments } from './arguments.ts'
import type { LeafRule } from './customRule.ts'
import { requireGiven } from './given.ts'
import type { StaticOptions } from './statics.ts'
import { staticRules } from './statics.ts'
import { applied, customJvpNode, withRule } from './customRule.ts'
import { pushforward } from './pushforward.ts'
import { staged } from './staged.ts'

/** Stands for the identity, with a tag that consing respects: what depends on it is computed again. */
const recompute: Primitive<{ tag: number }> = {
  name: 'recompute',
  shape: ([x]) => ({ shape: x!.shape, dtype: x!.dtype }),
  evaluate:
    () =>
    ([x], output) => {
      output.set(x!)
    },
  identity: 'kept',
  linearity: { in: [0], how: 'jointly' },
  transpose: (_, cotangent) => cotangent,
  batch: (_, operands, __, params) => call(recompute, params, operands),
  lower: () => ({ kind: 'alias', operand: 0 })
}

/** Copies a program into another trace: a pullback that was kept may be differentiated there. */
const copied = (graph: Graph, program: Program): Program =>
  rebuild(
    graph,
    program,
    program.inputs.map((x, i) => makeInput(graph, x, `argument ${String(i)} of checkpoint`))
  )

/**
 * Wraps `f` so that its inner values are not kept for the backward pass but computed again there: less memory for one
 * more forward pass. Values and derivatives are unchanged, those of values that f closes over included. Strings, truth
 * values, functions and `staticArgnums` among the arguments reach f as they are.
 *
 * @see Chen et al., Training deep nets with sublinear memory cost (2016)
 *
 * @example
 * import { checkpoint, grad, sin, tensor } from 'saddlepoint'
 * grad(checkpoint((x) => sin(sin(x))))(tensor(0)).data // => [1]
 */
export function checkpoint<A extends Arguments, R>(f: (...args: A) => R, options?: StaticOptions): (...args: A) => R
export function checkpoint<A extends Arguments, R>(
  f: (...args: A) => R,
  options?: StaticOptions,
  ...more: None
): (...args: A) => R {
  const { staticArgnums } = requireGiven('checkpoint', f, more, options, staticRules)
  return (...args) =>
    staged('checkpoint', args, (graph, values) => {
      const { args: taken, traced, results, closure } = applied('checkpoint', graph, f, values, staticArgnums)
      const inputs = [...traced.program.inputs, ...closure]
      const tag = graph.count
      const rule: LeafRule = (output, primals, tangents) => {
        const again = primals.map((x) => call(recompute, { tag }, [x]))
        const here = activeGraph()!
        const own = { inputs, outputs: [traced.program.outputs[output]!] }
        const program = graph === here ? own : copied(here, own)
        const valueOf = substitution(here, program.outputs, program.inputs, again)
        return o.instantiate(pushforward(program, tangents, valueOf)[0]!)
      }
      // What it closed over is differentiated like its arguments.
      const operands = { all: results, results: [], primals: [...taken.leaves, ...closure], captured: [], closure: [] }
      return rebuildResult(
        traced,
        withRule(graph, customJvpNode, operands, (application) => ({ ...application, rule }))
      ) as R
    })
}
