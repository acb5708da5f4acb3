import { optimize } from '../../../src/compiler/rewrite/optimize.ts'
import { withoutShortLoops } from '../../../src/compiler/rewrite/unrollScans.ts'
import { o } from '../../../src/primitives/vocabulary.ts'
import { call } from '../../../src/program/call.ts'
import { makeInput, openGraph, within } from '../../../src/program/graph.ts'
import { literal } from '../../../src/program/leaves.ts'
import type { Node } from '../../../src/program/node.ts'
import type { Program } from '../../../src/program/program.ts'
import { nodesOf, rebuild } from '../../../src/program/program.ts'
import type { Scan, ScanParams } from '../../../src/program/scan.ts'
import { isScan } from '../../../src/program/scan.ts'
import type { Tensor } from '../../../src/tensor/tensor.ts'
import type { Place } from './placement.ts'
import { placesOf } from './placement.ts'

interface Traffic {
  /** The nodes of the whole program whose values are the part's inputs. */
  readonly imports: readonly Node[]
  /** The nodes of the whole program whose values are the part's outputs. */
  readonly exports: readonly Node[]
}

/** A part of a program that runs in one go on the host or on the device, as a program of its own. */
export interface ComputedPart extends Traffic {
  readonly at: 'host' | 'device'
  readonly program: Program
}

/** A loop of a program, whose body is cut into parts that the host runs again and again. */
export interface LoopPart extends Traffic {
  readonly at: 'loop'
  readonly scan: Scan
  /** One iteration as a step: carries and constants in and out, slices of the xs in, ys out. */
  readonly body: Partition
}

export type Part = ComputedPart | LoopPart

/** A program cut into parts. */
export interface Partition {
  readonly program: Program
  readonly places: ReadonlyMap<Node, Place>
  readonly parts: readonly Part[]
  /** How many of the first inputs and outputs are the carry. */
  readonly carry: number
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

/** Operations of a loop that take no longer to compile written out than the loop's own parts take. */
const fewOperations = 1000

/** Iterations of a loop that may stop, between two looks at its condition. */
export const betweenLooks = 8

/** Lays an iteration out as a step: constants are a carry that stays what it is. */
const stepOf = ({ body: { inputs, outputs }, constants, carries }: ScanParams): Program => {
  const [fixed, carried] = [inputs.slice(0, constants), inputs.slice(constants, constants + carries)]
  return {
    inputs: [...carried, ...fixed, ...inputs.slice(constants + carries)],
    outputs: [...outputs.slice(0, carries), ...fixed, ...outputs.slice(carries)]
  }
}

const loopPart = (scan: Scan, writtenOut: number): LoopPart => ({
  at: 'loop',
  scan,
  imports: [...new Set(scan.operands)],
  exports: [scan],
  body: partitionOf(stepOf(scan.params), scan.params.constants + scan.params.carries, writtenOut)
})

/** The kinds of places in the order in which parts take turns. */
const turns: readonly (Place | undefined)[] = ['host', 'device', 'loop']

/**
 * Cuts a program into parts in the order in which they run, host, device and loops in turn. Each value is computed in the first
 * part that has all it needs, so integers that depend on no float come first, and with them all random draws of a training
 * step.
 */
export const partsOf = (
  program: Program,
  places: ReadonlyMap<Node, Place>,
  writtenOut = fewOperations
): readonly Part[] => {
  const order = nodesOf(program.outputs)
  const numbers = new Map<Node, number>()
  for (const node of order) {
    const turn = turns.indexOf(places.get(node))
    let number = node.operands.reduce((most, x) => Math.max(most, numbers.get(x)!), 0)
    if (turn >= 0) while (number % turns.length !== turn) number++
    // A loop that needs another comes a round later.
    if (places.get(node) === 'loop' && node.operands.some((x) => numbers.get(x) === number)) number += turns.length
    numbers.set(node, number)
  }
  const isComputed = (node: Node): boolean => turns.includes(places.get(node))
  const neededElsewhere = new Set(program.outputs.filter(isComputed))
  for (const node of order)
    for (const x of node.operands)
      if (isComputed(x) && isComputed(node) && numbers.get(x) !== numbers.get(node)) neededElsewhere.add(x)

  const count = order.filter(isComputed).reduce((most, node) => Math.max(most, numbers.get(node)!), -1) + 1
  return Array.from({ length: count }, (_, number): readonly Part[] => {
    const at = turns[number % turns.length]
    const members = order.filter((node) => isComputed(node) && numbers.get(node) === number)
    if (at === 'loop') return members.filter(isScan).map((scan) => loopPart(scan, writtenOut))
    const own = new Set(members)
    const imports = [...new Set(members.flatMap(({ operands }) => operands))].filter(
      (x) => !own.has(x) && places.get(x) !== 'free'
    )
    const exports = members.filter((node) => neededElsewhere.has(node))
    const part = programBetween(imports, exports)
    return at === 'host'
      ? [{ at, program: part, imports, exports }]
      : [{ at: 'device', program: withoutInfiniteLiterals(part), imports, exports }]
  })
    .flat()
    .filter(({ exports }) => exports.length > 0)
}

/**
 * Makes a program small and cuts it into parts, of which the first `carry` inputs and outputs are the carry. Loops of at most
 * `writtenOut` operations, iterations counted, are written out, but for those that may stop before their end.
 */
export const partitionOf = (source: Program, carry: number, writtenOut = fewOperations): Partition => {
  const program = optimize(withoutShortLoops(source, writtenOut, betweenLooks))
  const places = placesOf(program)
  return { program, places, parts: partsOf(program, places, writtenOut), carry }
}

/** Returns the places of all nodes of a program, those in the bodies of its loops included. */
export const placesIn = ({ places, parts }: Partition): ReadonlyMap<Node, Place> =>
  new Map([...places, ...parts.flatMap((part) => (part.at === 'loop' ? [...placesIn(part.body)] : []))])
