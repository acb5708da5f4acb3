import type { Node } from '../program/node.ts'
import type { Origin } from '../program/origin.ts'
import { isGiven } from '../program/origin.ts'
import { nodesOf } from '../program/program.ts'
import { drawShape } from '../tensor/shape.ts'
import type { Aval } from '../tensor/tensor.ts'
import { treeLeaves } from '../tensor/tree.ts'
import type { Metrics } from './cycle.ts'
import type { State } from './state.ts'
import type { Compiled } from './variants.ts'

/** A part of a step by name, and the values that it is there for. */
interface Part {
  readonly name: string
  readonly results: readonly Node[]
}

const nodes = (tree: unknown): readonly Node[] => treeLeaves(tree) as readonly Node[]

/** A figure of each update of a cycle: they are put one beside the other. */
const each = (figure: Metrics[string]['loss']): readonly Node[] => {
  const node = figure as Node
  return node.primitive.name === 'concat' ? node.operands : [node]
}

const partsOf = ([state, metrics]: readonly [State, Metrics]): readonly Part[] => [
  ...Object.entries(metrics).flatMap(([player, { loss, gradientNorm, terms }]) =>
    [
      ...Object.entries(terms).map(([term, value]) => [`the term ${term} of the ${player}`, value] as const),
      [`the loss of the ${player}`, loss] as const,
      [`the gradient of the ${player}`, gradientNorm] as const
    ].flatMap(([name, figure]) => each(figure).map((result) => ({ name, results: [result] })))
  ),
  ...Object.entries(state.players).map(([player, own]) => ({
    name: `the update of the ${player}`,
    results: nodes(own)
  }))
]

interface Place {
  readonly part: string
  /** How many values the part is computed from. */
  readonly size: number
}

/** The smallest part of a step that takes the node: a gradient's takes the term it is of, an update's the gradient. */
const placeOf = (parts: readonly Part[], node: Node): Place => {
  const places = parts.flatMap(({ name, results }): readonly Place[] => {
    const all = nodesOf(results)
    return all.includes(node) ? [{ part: name, size: all.length }] : []
  })
  return places.reduce((least, place) => (place.size < least.size ? place : least), {
    part: 'the averages',
    size: Infinity
  })
}

const draw = ({ dtype, shape }: Aval): string => `${dtype}${drawShape(shape)}`

/** The operation that made the first number that is not finite, in words: what it is, what it took, and in which part. */
export const drawCulprit = (
  { program, outputs }: Pick<Compiled, 'program' | 'outputs'>,
  origins: readonly Origin[]
): string | undefined => {
  const given = origins.find(isGiven)
  if (given !== undefined) {
    const isState = program.inputs.indexOf(given.node) < nodes(outputs[0]).length
    return `${String(given.value)} is in ${isState ? 'the state before' : 'the minibatch'}`
  }
  const parts = partsOf(outputs)
  const [first] = origins
    .map(({ node }) => ({ node, ...placeOf(parts, node) }))
    .sort((a, b) => a.size - b.size || a.node.id - b.node.id)
  if (first === undefined) return undefined
  const { primitive, operands } = first.node
  const taken = operands.length === 0 ? '' : ` of ${operands.map(draw).join(' and ')}`
  return `first made by ${primitive.name}${taken}, in ${first.part}`
}
