import { o } from '../primitives/vocabulary.ts'
import { makeInput, openGraph, within } from '../program/graph.ts'
import type { Node } from '../program/node.ts'
import type { Program } from '../program/program.ts'
import { dependents, nodesOf, rebuild } from '../program/program.ts'
import { sizeOf } from '../tensor/shape.ts'

/** A part of a program that shares no work with the others: some of its outputs, computed from some of its values. */
export interface Piece {
  /** Inputs of the whole program, and small integers computed from them, such as keys, that the piece is computed from. */
  readonly inputs: readonly Node[]
  readonly outputs: readonly Node[]
  /** Equal for two pieces exactly when one program, given the inputs of either, computes both. */
  readonly form: string
}

/** A program in pieces. */
export interface Pieces {
  /** The pieces' inputs, and outputs of the whole that are such values themselves: plain loops compute them exactly. */
  readonly plain: readonly Node[]
  readonly pieces: readonly Piece[]
}

/** Elements of an integer value up to which it counts as small. */
const small = 1024

/** Values of `order` that are inputs, or small integers computed from small integers alone. */
const plainValues = (order: readonly Node[], inputs: readonly Node[]): ReadonlySet<Node> => {
  const integers = new Set<Node>()
  for (const node of order)
    if (node.dtype !== 'float32' && sizeOf(node.shape) <= small && node.operands.every((x) => integers.has(x)))
      integers.add(node)
  return new Set([...inputs, ...integers])
}

/** Outputs that are computed from common values, together; `shared` gives the values that count. */
const connected = (outputs: readonly Node[], shared: (node: Node) => readonly Node[]): readonly (readonly Node[])[] => {
  const groups: { readonly outputs: Node[]; readonly values: Set<Node> }[] = []
  for (const output of outputs) {
    const own = { outputs: [output], values: new Set(nodesOf([output], shared)) }
    for (let i = groups.length - 1; i >= 0; i--) {
      const other = groups[i]!
      if (![...own.values].some((node) => other.values.has(node))) continue
      groups.splice(i, 1)
      own.outputs.unshift(...other.outputs)
      for (const node of other.values) own.values.add(node)
    }
    groups.push(own)
  }
  return groups.map((group) => group.outputs)
}

/**
 * Cuts a program into pieces that share no work, so that equal ones (the same layer of a network twice, say) can be one
 * executable, and memory is needed for one at a time. Outputs that depend on no input are one piece.
 */
export const piecesOf = ({ inputs, outputs }: Program): Pieces => {
  const order = nodesOf(outputs)
  const plain = plainValues(order, inputs)
  const moving = dependents(order, inputs)
  const wanted = [...new Set(outputs)].filter((node) => !plain.has(node))
  const fixed = wanted.filter((node) => !moving.has(node))
  const groups = connected(
    wanted.filter((node) => moving.has(node)),
    (node) => node.operands.filter((x) => moving.has(x) && !plain.has(x))
  )
  const pieceOf = (own: readonly Node[]): Piece => {
    const fed: Node[] = []
    const places = new Map<Node, number>()
    let form = ''
    for (const node of nodesOf(own, (n) => (moving.has(n) && !plain.has(n) ? n.operands : []))) {
      places.set(node, places.size)
      if (!moving.has(node)) form += `#${String(node.id)};`
      else if (plain.has(node)) {
        fed.push(node)
        form += `${node.dtype}[${node.shape.join()}];`
      } else
        form += `${node.primitive.name}(${node.operands.map((x) => places.get(x)).join()})${JSON.stringify(node.params)};`
    }
    return { inputs: fed, outputs: own, form: `${form}${own.map((node) => places.get(node)).join()}` }
  }
  const pieces = [...groups, ...(fixed.length === 0 ? [] : [fixed])].map(pieceOf)
  const fed = pieces.flatMap((piece) => piece.inputs)
  return { plain: [...new Set([...fed, ...outputs.filter((node) => plain.has(node))])], pieces }
}

/** Makes of the piece a program of its own. */
export const programOf = ({ inputs, outputs }: Piece): Program => {
  const graph = openGraph(o)
  const fresh = inputs.map((node, i) => makeInput(graph, node, `argument ${String(i)} of a piece`))
  return within(graph, () => rebuild(graph, { inputs, outputs }, fresh))
}
