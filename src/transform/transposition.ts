import { o } from '../primitives/vocabulary.ts'
import type { Node } from '../program/node.ts'
import type { Tangent } from '../program/tangent.ts'
import { isSeparatelyLinear, linearOperands } from '../program/primitive.ts'
import { isZero, zero } from '../program/tangent.ts'
import type { Program } from '../program/program.ts'
import { dependents, nodesOf, operandsSince } from '../program/program.ts'
import { literalValue } from '../primitives/rules/literal.ts'
import { constant } from '../program/leaves.ts'
import { fail } from '../tensor/error.ts'
import type { Tensor } from '../tensor/tensor.ts'

const notLinear = (node: Node): never =>
  fail('NotLinear', {
    op: node.primitive.name,
    expected: 'a function that is linear in its tangents',
    actual: 'one that is not, so it cannot be transposed',
    hint: 'A custom rule must be linear in the tangents it is given: no constants added, no products of two tangents'
  })

/**
 * Makes a test of whether a value is certainly 0: a zero constant, or linear in such values only. Tangents of inputs that
 * have none look like this.
 */
export const vanishing = (): ((node: Node) => boolean) => {
  const known = new Map<Node, boolean>()
  // A function with a rule of its own is 0 where its value is, which is operand 0.
  const linearIn = ({ primitive, operands, params }: Node): readonly Node[] =>
    primitive.identity === 'erased'
      ? operands.slice(0, 1)
      : linearOperands(primitive, operands.length, params).map((i) => operands[i]!)
  const compute = (node: Node): boolean => {
    const { primitive, params } = node
    if (literalValue(node) === 0) return true
    if (primitive === constant) return (params['tensor'] as Tensor).data.every((x) => x === 0)
    const linear = linearIn(node)
    const zeros = linear.filter((x) => known.get(x))
    return isSeparatelyLinear(primitive) ? zeros.length > 0 : linear.length > 0 && zeros.length === linear.length
  }
  return (node) => {
    for (const x of nodesOf([node], (of) => (known.has(of) ? [] : linearIn(of))))
      if (!known.has(x)) known.set(x, compute(x))
    return known.get(node)!
  }
}

/** Makes a test of whether a value is not linear in the nodes `onPath`, some of which are its operands. */
const nonlinearIn = (onPath: ReadonlySet<Node>, vanishes: (node: Node) => boolean): ((node: Node) => boolean) => {
  return ({ primitive, operands, params }) => {
    const linear = linearOperands(primitive, operands.length, params)
    const inAll = linear.length === operands.length
    const linearIn = inAll ? undefined : new Set(linear)
    const isProduct = isSeparatelyLinear(primitive)
    // The sum of a tangent and something else is affine, and has no transpose. Products of a tangent and something else are
    // linear; so are `reverseOnly` nodes, among whose operands are the primals of their rule.
    const mayBeAffine = primitive.reverseOnly !== true && !isProduct
    let moving = 0
    for (let i = 0; i < operands.length; i++) {
      const isLinear = linearIn === undefined || linearIn.has(i)
      if (onPath.has(operands[i]!)) {
        moving++
        if (!isLinear) return true
      } else if (mayBeAffine && isLinear && !vanishes(operands[i]!)) return true
    }
    // A product of two tangents is linear in each, but not in both.
    return isProduct && moving > 1
  }
}

/**
 * Refuses a program that can be seen not to be linear in its inputs. Of functions with rules of their own it is not known.
 *
 * @throws NotLinear
 */
export const refuseNonlinear = ({ inputs, outputs }: Program): void => {
  const order = nodesOf(outputs, operandsSince(inputs))
  const onPath = dependents(order, inputs)
  const vanishes = vanishing()
  const isNonlinear = nonlinearIn(onPath, vanishes)
  const sources = new Set(inputs)
  for (const node of order)
    if (onPath.has(node) && !sources.has(node) && node.primitive.identity !== 'erased' && isNonlinear(node))
      notLinear(node)
  const constantOutput = outputs.find((node) => node.dtype === 'float32' && !onPath.has(node) && !vanishes(node))
  if (constantOutput !== undefined) notLinear(constantOutput)
}

/**
 * Transposes a program that is linear in its inputs: cotangents of the inputs, given those of the outputs. Only
 * nodes that depend on the inputs are visited, backwards; all others are residuals and serve as they are.
 *
 * @throws NotLinear where the program is not linear in its inputs, or a node on the path has no transpose
 */
export const transposition = (linear: Program, cotangents: readonly Tangent[]): readonly Tangent[] => {
  const order = nodesOf(linear.outputs, operandsSince(linear.inputs))
  const onPath = dependents(order, linear.inputs)
  const cotangentOf = new Map<Node, Tangent>()
  const accumulate = (node: Node, cotangent: Tangent): void => {
    if (isZero(cotangent)) return
    const sum = cotangentOf.get(node)
    cotangentOf.set(node, sum === undefined ? cotangent : o.add(sum, cotangent))
  }
  linear.outputs.forEach((node, i) => {
    if (onPath.has(node)) accumulate(node, cotangents[i]!)
  })
  const sources = new Set(linear.inputs)
  const isNonlinear = nonlinearIn(onPath, vanishing())
  for (let place = order.length - 1; place >= 0; place--) {
    const node = order[place]!
    const cotangent = cotangentOf.get(node)
    if (cotangent === undefined || isZero(cotangent) || sources.has(node)) continue
    const { primitive, operands, params } = node
    // A function with a rule of its own, which another rule applies to tangents: its value is operand 0, unless it has a rule
    // for its transpose, too.
    if (primitive.identity === 'erased' && primitive.jvp !== undefined) {
      for (const [i, operand] of operands.entries())
        if (onPath.has(operand))
          accumulate(
            operand,
            primitive.transpose?.(o, cotangent, i, operands, params) ?? (i === 0 ? cotangent : zero(operand))
          )
      continue
    }
    if (isNonlinear(node)) return notLinear(node)
    for (let i = 0; i < operands.length; i++) {
      const operand = operands[i]!
      if (!onPath.has(operand)) continue
      if (primitive.transpose === undefined) return notLinear(node)
      accumulate(operand, primitive.transpose(o, cotangent, i, operands, params))
    }
  }
  return linear.inputs.map((node) => cotangentOf.get(node) ?? zero(node))
}
