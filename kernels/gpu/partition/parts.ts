import { o } from '../../../src/primitives/vocabulary.ts'
import { call } from '../../../src/program/call.ts'
import { makeInput, openGraph, within } from '../../../src/program/graph.ts'
import { literal } from '../../../src/program/leaves.ts'
import type { Node } from '../../../src/program/node.ts'
import type { Program } from '../../../src/program/program.ts'
import { nodesOf, rebuild } from '../../../src/program/program.ts'
import type { Tensor } from '../../../src/tensor/tensor.ts'
import type { Place } from './placement.ts'

/** A part of a program that runs in one go on the host or on the device, as a program of its own. */
export interface Part {
  readonly at: 'host' | 'device'
  readonly program: Program
  /** The nodes of the whole program whose values are the part's inputs. */
  readonly imports: readonly Node[]
  /** The nodes of the whole program whose values are the part's outputs. */
  readonly exports: readonly Node[]
}

/** Cuts out the program that computes `outputs` from `inputs`, nodes of a larger one, as a graph of its own. */
const programBetween = (inputs: readonly Node[], outputs: readonly Node[]): Program => {
  const graph = openGraph(o)
  return within(graph, () =>
    rebuild(
      graph,
      { inputs, outputs },
      inputs.map((node) => makeInput(graph, node, `value ${String(node.id)}`))
    )
  )
}

/** Replaces literals that are not finite by arrays of one element, since gpu.js has no such literals. */
const withoutInfiniteLiterals = (program: Program): Program => {
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
 * Cuts a program into parts in the order in which they run, host and device in turn. Each value is computed in the first
 * part that has all it needs, so integers that depend on no float come first, and with them all random draws of a training
 * step.
 */
export const partsOf = (program: Program, places: ReadonlyMap<Node, Place>): readonly Part[] => {
  const order = nodesOf(program.outputs)
  const numbers = new Map<Node, number>()
  for (const node of order) {
    const place = places.get(node)!
    const ready = node.operands.reduce((most, x) => Math.max(most, numbers.get(x)!), 0)
    const side = place === 'device' ? 1 : 0
    numbers.set(node, place === 'given' || place === 'free' || ready % 2 === side ? ready : ready + 1)
  }
  const isComputed = (node: Node): boolean => places.get(node) === 'host' || places.get(node) === 'device'
  const neededElsewhere = new Set(program.outputs.filter(isComputed))
  for (const node of order)
    for (const x of node.operands)
      if (isComputed(x) && isComputed(node) && numbers.get(x) !== numbers.get(node)) neededElsewhere.add(x)

  const count = order.filter(isComputed).reduce((most, node) => Math.max(most, numbers.get(node)!), -1) + 1
  return Array.from({ length: count }, (_, number): Part => {
    const members = order.filter((node) => isComputed(node) && numbers.get(node) === number)
    const own = new Set(members)
    const imports = [...new Set(members.flatMap(({ operands }) => operands))].filter(
      (x) => !own.has(x) && places.get(x) !== 'free'
    )
    const exports = members.filter((node) => neededElsewhere.has(node))
    const part = programBetween(imports, exports)
    return number % 2 === 0
      ? { at: 'host', program: part, imports, exports }
      : { at: 'device', program: withoutInfiniteLiterals(part), imports, exports }
  }).filter(({ exports }) => exports.length > 0)
}
