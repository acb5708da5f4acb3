import * as E from '#fp-ts/Either'
import { literalValue } from '../../primitives/literal.ts'
import { constant } from '../../program/leaves.ts'
import type { Node } from '../../program/node.ts'
import type { Evaluation } from '../../program/primitive.ts'
import type { Program } from '../../program/program.ts'
import type { Data } from '../../tensor/dtype.ts'
import { allocate } from '../../tensor/dtype.ts'
import { sizeOf } from '../../tensor/shape.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import type { Call } from './calls.ts'
import type { FaultOf } from './faults.ts'
import type { Place } from './placement.ts'
import { placesOf } from './placement.ts'
import type { Roots } from './roots.ts'
import { rootsOf } from './roots.ts'

/** One node by the reference evaluation. */
export interface HostStep {
  readonly run: Evaluation
  readonly reads: readonly Node[]
  readonly writes: Node
}

/** What runs without a break on one side. A device stage is one pipeline: it takes values and gives some back. */
export type Stage =
  | { readonly at: 'host'; readonly steps: readonly HostStep[] }
  | {
      readonly at: 'engine'
      readonly calls: readonly Call[]
      readonly takes: readonly Node[]
      readonly gives: readonly Node[]
    }

export interface Schedule {
  readonly stages: readonly Stage[]
  /** Values that no input changes. */
  readonly fixed: ReadonlyMap<Node, Data>
  /** The nodes whose values the outputs are, aliases resolved. */
  readonly results: readonly Node[]
  readonly where: Readonly<Record<string, 'engine' | 'host'>>
}

/** Stages alternate: even ones are the host's. A node goes into the first one that has all its operands. */
const stageNumbers = (places: ReadonlyMap<Node, Place>, roots: Roots): ReadonlyMap<Node, number> => {
  const numbers = new Map<Node, number>()
  for (const [node, { at }] of places) {
    const ready = Math.max(0, ...node.operands.map((x) => numbers.get(roots.get(x)!)!))
    const side = at === 'engine' ? 1 : 0
    numbers.set(node, at === 'given' ? 0 : ready % 2 === side ? ready : ready + 1)
  }
  return numbers
}

const hostStep = (node: Node, roots: Roots): HostStep => ({
  run: node.primitive.evaluate(node.operands, node, node.params),
  reads: node.operands.map((x) => roots.get(x)!),
  writes: node
})

const fixedValue = (node: Node): Data | undefined => {
  const value = literalValue(node)
  if (value !== undefined) return allocate(node.dtype, sizeOf(node.shape)).fill(value)
  if (node.primitive !== constant) return undefined
  const { data } = (node.params as { tensor: Tensor }).tensor
  return data instanceof Float64Array ? Float32Array.from(data) : data
}

/** A primitive is the host's where all its work is done there. Aliases and numbers in a kernel's source are no work. */
const whereOf = (order: readonly Node[], places: ReadonlyMap<Node, Place>): Schedule['where'] => {
  const where: Record<string, 'engine' | 'host'> = {}
  for (const [{ primitive }, { at }] of places)
    if (at !== 'given') where[primitive.name] = where[primitive.name] === 'engine' ? 'engine' : at
  for (const { primitive } of order) where[primitive.name] ??= 'engine'
  return where
}

/** Divides a program into stages. Integers that depend on no float make up the first, a whole training step's draws with them. */
export const scheduleOf = (program: Program): E.Either<FaultOf, Schedule> => {
  const { order, roots } = rootsOf(program)
  const placed = placesOf(order, roots)
  if (E.isLeft(placed)) return placed
  const places = placed.right
  const numbers = stageNumbers(places, roots)
  const results = program.outputs.map((node) => roots.get(node)!)
  const nodesIn = (stage: number): readonly Node[] =>
    [...places].filter(([node, { at }]) => at !== 'given' && numbers.get(node) === stage).map(([node]) => node)
  const callsOf = (node: Node): readonly Call[] => {
    const place = places.get(node)!
    return place.at === 'engine' ? place.calls : []
  }
  const readsOf = (node: Node): readonly Node[] =>
    places.get(node)!.at === 'host'
      ? node.operands.map((x) => roots.get(x)!)
      : callsOf(node).flatMap(({ reads }) => reads.filter((x): x is Node => places.has(x as Node)))
  const wanted = new Set(results)
  for (const node of places.keys())
    for (const x of readsOf(node))
      if (numbers.get(x) !== numbers.get(node) || places.get(x)!.at === 'given') wanted.add(x)
  const stage = (number: number): Stage => {
    const nodes = nodesIn(number)
    if (number % 2 === 0) return { at: 'host', steps: nodes.map((node) => hostStep(node, roots)) }
    const own = new Set(nodes)
    return {
      at: 'engine',
      calls: nodes.flatMap(callsOf),
      takes: [...new Set(nodes.flatMap(readsOf))].filter((x) => !own.has(x)),
      gives: nodes.filter((node) => wanted.has(node))
    }
  }
  const stages = Array.from({ length: Math.max(0, ...numbers.values()) + 1 }, (_, number) => stage(number))
  const fixed = new Map<Node, Data>()
  for (const node of wanted) {
    const value = fixedValue(node)
    if (value !== undefined) fixed.set(node, value)
  }
  return E.right({
    stages: stages.filter((s) => (s.at === 'host' ? s.steps.length > 0 : s.calls.length > 0)),
    fixed,
    results,
    where: whereOf(order, places)
  })
}
