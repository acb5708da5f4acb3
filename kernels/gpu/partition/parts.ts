import { o } from '../../../src/primitives/vocabulary.ts'
import { call } from '../../../src/program/call.ts'
import { makeInput, openGraph, within } from '../../../src/program/graph.ts'
import { literal } from '../../../src/program/leaves.ts'
import type { Node } from '../../../src/program/node.ts'
import type { Program } from '../../../src/program/program.ts'
import { nodesOf, rebuild } from '../../../src/program/program.ts'
import type { Tensor } from '../../../src/tensor/tensor.ts'
import type { Place } from './placement.ts'

/** What runs without a break on one side: a program of its own, which takes values of the whole and gives some back. */
export interface Part {
  readonly at: 'host' | 'device'
  readonly program: Program
  /** The nodes of the whole program that its inputs are. */
  readonly takes: readonly Node[]
  /** Those that its outputs are. */
  readonly gives: readonly Node[]
}

/** The program from some nodes of a larger one to others, in a graph of its own. */
const between = (takes: readonly Node[], gives: readonly Node[]): Program => {
  const graph = openGraph(o)
  return within(graph, () =>
    rebuild(
      graph,
      { inputs: takes, outputs: gives },
      takes.map((node) => makeInput(graph, node, `value ${String(node.id)}`))
    )
  )
}

/** gpu.js has no literal for what is not finite: such numbers are read from an array of one element. */
const withArrays = (program: Program): Program => {
  const graph = openGraph(o)
  const arrayOf = (x: Node): Node => {
    const value = x.primitive === literal && x.dtype === 'float32' ? Math.fround(x.params['value'] as number) : 0
    if (Number.isFinite(value)) return x
    const array: Tensor = { shape: [1], dtype: 'float32', data: Float32Array.of(value) }
    return o.reshape(array, []) as Node
  }
  return within(graph, () =>
    rebuild(
      graph,
      program,
      program.inputs.map((node) => makeInput(graph, node, String(node.params['label']))),
      ({ primitive, params }, operands) => call(primitive, params, operands.map(arrayOf))
    )
  )
}

/**
 * The parts of a program in the order in which they run, host and device in turn. Each value is made in the first part
 * that has all it needs, so integers that depend on no float come first, a whole training step's draws with them.
 */
export const partsOf = (program: Program, places: ReadonlyMap<Node, Place>): readonly Part[] => {
  const order = nodesOf(program.outputs)
  const numbers = new Map<Node, number>()
  for (const node of order) {
    const place = places.get(node)!
    const ready = Math.max(0, ...node.operands.map((x) => numbers.get(x)!))
    const side = place === 'device' ? 1 : 0
    numbers.set(node, place === 'given' || place === 'free' || ready % 2 === side ? ready : ready + 1)
  }
  const isMade = (node: Node): boolean => places.get(node) === 'host' || places.get(node) === 'device'
  const wanted = new Set(program.outputs.filter(isMade))
  for (const node of order)
    for (const x of node.operands) if (isMade(x) && isMade(node) && numbers.get(x) !== numbers.get(node)) wanted.add(x)

  const count = Math.max(-1, ...order.filter(isMade).map((node) => numbers.get(node)!)) + 1
  return Array.from({ length: count }, (_, number): Part => {
    const members = order.filter((node) => isMade(node) && numbers.get(node) === number)
    const own = new Set(members)
    const takes = [...new Set(members.flatMap(({ operands }) => operands))].filter(
      (x) => !own.has(x) && places.get(x) !== 'free'
    )
    const gives = members.filter((node) => wanted.has(node))
    const part = between(takes, gives)
    return number % 2 === 0
      ? { at: 'host', program: part, takes, gives }
      : { at: 'device', program: withArrays(part), takes, gives }
  }).filter(({ gives }) => gives.length > 0)
}
