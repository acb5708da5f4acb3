import type { Node } from '../../program/node.ts'
import { isGiven } from '../../program/origin.ts'
import { nodesOf } from '../../program/program.ts'
import { showAval } from '../../tensor/tensor.ts'
import { treeLeaves } from '../../tensor/tree.ts'
import type { Replayed } from '../../transform/compileStep.ts'
import type { Metrics } from './metrics.ts'
import type { State } from './state.ts'

/** Names a part of a step, and all values that it is computed from. */
interface Part {
  readonly name: string
  readonly values: ReadonlySet<Node>
  /** Those among them that belong to the part before it. */
  readonly earlier: ReadonlySet<Node>
}

const nodes = (tree: unknown): readonly Node[] => treeLeaves(tree) as readonly Node[]

/** Reads a figure of each update of a cycle: they are put one beside the other. */
const each = (figure: Metrics[string]['loss']): readonly Node[] => {
  const node = figure as Node
  return node.primitive.name === 'concat' ? node.operands : [node]
}

const part = (name: string, results: readonly Node[], before: readonly Node[] = []): Part => ({
  name,
  values: new Set(nodesOf(results)),
  earlier: new Set(nodesOf(before))
})

const partsOf = ([{ players, averages, averagedLayers, memories, update }, metrics]: readonly [
  State,
  Metrics
]): readonly Part[] => [
  ...Object.entries(metrics).flatMap(([player, { loss, gradientNorm, terms }]) =>
    [
      ...Object.entries(terms).map(([term, value]) => [`the term ${term} of the ${player}`, value] as const),
      [`the loss of the ${player}`, loss] as const,
      [`the gradient of the ${player}`, gradientNorm] as const
    ].flatMap(([name, figure]) => each(figure).map((result) => part(name, [result])))
  ),
  ...Object.entries(players).map(([player, own]) =>
    part(`the update of the ${player}`, nodes(own), nodes(metrics[player]?.gradientNorm ?? []))
  ),
  ...Object.entries(averages).map(([player, own]) =>
    part(`the average of the ${player}`, nodes([own, averagedLayers[player]]), nodes(players[player] ?? []))
  ),
  ...Object.entries(memories).map(([player, own]) => part(`what terms of the ${player} remember`, nodes(own))),
  part('what the update rule remembers', nodes(update)),
  part('the step', nodes([players, averages, averagedLayers, memories, update, metrics]))
]

/**
 * Finds the smallest part of a step that computes the node: a gradient is computed from its term, an update from the
 * gradient.
 */
const partWith = (parts: readonly Part[], node: Node): Part =>
  parts
    .filter(({ values, earlier }) => values.has(node) && !earlier.has(node))
    .reduce((least, one) => (one.values.size < least.values.size ? one : least))

/**
 * Shows the operation that made the first number that is not finite: what it is, the shapes of its operands, and the part
 * of the step that it is in. program/origin.ts finds the origins.
 */
export const showFirstNonFinite = ({ program, outputs, origins }: Replayed<State, Metrics>): string | undefined => {
  const given = origins.find(isGiven)
  if (given !== undefined) {
    const isState = program.inputs.indexOf(given.node) < nodes(outputs[0]).length
    return `${String(given.value)} is in ${isState ? 'the state before' : 'the minibatch'}`
  }
  const parts = partsOf(outputs)
  const [first] = origins
    .map(({ node }) => ({ node, part: partWith(parts, node) }))
    .sort((a, b) => a.part.values.size - b.part.values.size || a.node.id - b.node.id)
  if (first === undefined) return undefined
  const { primitive, operands } = first.node
  const taken = operands.length === 0 ? '' : ` of ${operands.map(showAval).join(' and ')}`
  return `first made by ${primitive.name}${taken}, in ${first.part.name}`
}
