import { o } from '../../primitives/vocabulary.ts'
import { call } from '../../program/call.ts'
import { makeInput, openGraph, within } from '../../program/graph.ts'
import type { Node } from '../../program/node.ts'
import type { Program } from '../../program/program.ts'
import { rebuild } from '../../program/program.ts'
import type { Tensor } from '../../tensor/tensor.ts'

/** Returns a program that computes the same. */
export type Pass = (program: Program) => Program

/** Returns an equal value for a node, given what its operands have become; undefined where there is nothing to improve. */
export type Rewrite = (node: Node, operands: readonly Node[]) => Tensor | undefined

/** Returns the pass that makes every node anew in a graph of its own, by the first of some rewrites that has an answer. */
export const rewriting =
  (...rewrites: readonly Rewrite[]): Pass =>
  (program) => {
    const graph = openGraph(o)
    return within(graph, () => {
      const inputs = program.inputs.map((node) => makeInput(graph, node, String(node.params['label'])))
      return rebuild(graph, program, inputs, (node, operands) => {
        for (const rewrite of rewrites) {
          const better = rewrite(node, operands)
          if (better !== undefined) return better
        }
        return call(node.primitive, node.params, operands)
      })
    })
  }
