import { o } from '../primitives/vocabulary.ts'
import { substitution } from '../program/program.ts'
import type { Traced } from '../program/trace.ts'
import { rebuildResult, traceInto } from '../program/trace.ts'
import type { None } from '../tensor/arguments.ts'
import { fail } from '../tensor/error.ts'
import type { Rules } from '../tensor/options.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { showPath, structureKey } from '../tensor/tree.ts'
import type { Argnums, ChosenBy } from './argnums.ts'
import { argnumsRule, chosenArguments } from './argnums.ts'
import type { Arguments } from './arguments.ts'
import { auxRules } from './aux.ts'
import { requireGiven } from './given.ts'
import { linearization, pullback, written } from './linearization.ts'
import { staged, tensorsOf } from './staged.ts'
import { showAval } from '../tensor/tensor.ts'

/** Says which arguments to differentiate (default 0), and whether f returns `[loss, aux]`. */
export interface GradOptions<N extends Argnums = number> {
  readonly argnums?: N
  readonly hasAux?: boolean
}

const rules: Rules = { argnums: argnumsRule, ...auxRules }

/** Fails unless the result of f is a scalar, or with `hasAux` a pair that begins with one. */
const scalarLoss = (op: string, hasAux: boolean, { structure, program }: Traced): void => {
  const items = structure.kind === 'array' ? structure.items : []
  const [first] = items
  if (hasAux ? items.length !== 2 || first!.kind !== 'leaf' : structure.kind !== 'leaf')
    fail('InvalidTree', {
      op,
      expected: hasAux ? 'a function that returns [loss, aux]' : 'a function that returns one scalar',
      actual: `a result ${structureKey(structure)}, * being a tensor`,
      hint: hasAux
        ? 'The loss comes first, and is one tensor'
        : 'With hasAux it may return [loss, aux]; jacrev takes any tree'
    })
  const y = program.outputs[0]!
  if (y.shape.length !== 0 || y.dtype !== 'float32')
    fail('ShapeMisfit', {
      op,
      expected: 'a function whose result is one float32 scalar, shape []',
      actual: showAval(y),
      hint: 'Reduce it with sum or mean, or use jacrev'
    })
}

/**
 * Computes value, aux and gradient in one trace. The other arguments stay ordinary values, so an outer gradient through
 * them is right.
 */
const derive = (
  op: string,
  f: (...args: never[]) => unknown,
  options: GradOptions<Argnums>,
  args: readonly unknown[]
): { value: unknown; aux: unknown; gradient: unknown } => {
  const { argnums = 0, hasAux = false } = options
  const numbers = typeof argnums === 'number' ? [argnums] : argnums
  return staged(op, args, (graph, given) => {
    const { chosen, within } = chosenArguments(op, numbers, given)
    const { leaves, paths, rebuild } = tensorsOf(chosen, op)
    const integer = leaves.findIndex((x) => x.dtype !== 'float32')
    if (integer >= 0) {
      const [place, ...path] = paths[integer]!
      fail('DTypeMisfit', {
        op,
        expected: 'float32 leaves to differentiate',
        actual: `${showAval(leaves[integer]!)} at ${showPath([numbers[place as number]!, ...path])} of the arguments`,
        hint: 'Close over it, or pass it as an argument that argnums leaves out'
      })
    }
    const traced = traceInto(graph, leaves, (inputs) => within(f, rebuild(inputs)), op)
    const { outputs, inputs } = traced.program
    scalarLoss(op, hasAux, traced)
    const valueOf = substitution(graph, outputs, inputs, leaves)
    const linear = linearization(graph, { inputs, outputs: outputs.slice(0, 1) }, op, valueOf)
    const gradients = rebuild(written(graph, pullback(linear, [o.full([], 1)]))) as readonly unknown[]
    const result = rebuildResult(traced, outputs.map(valueOf))
    const [value, aux] = hasAux ? (result as unknown[]) : [result]
    return { value, aux, gradient: typeof argnums === 'number' ? gradients[0] : gradients }
  })
}

/**
 * Computes the gradient of a scalar function, as a function of the same arguments; trees in, the same trees out. With
 * `hasAux`, f returns `[loss, aux]` and the result is `[gradient, aux]`.
 *
 * @throws ShapeMisfit where f's result is no scalar; DTypeMisfit where an integer is to be differentiated
 *
 * @example
 * import { grad, sum, mul, tensor } from 'saddlepoint'
 * grad((x) => sum(mul(x, x)))(tensor([1, 2, 3])).data // => [2, 4, 6]
 * const [dx, dw] = grad((x, w) => sum(mul(x, w)), { argnums: [0, 1] })(tensor([1, 2]), tensor([3, 4]))
 * dx.data // => [3, 4]
 * dw.data // => [1, 2]
 */
export function grad<A extends Arguments, X, const N extends Argnums = 0>(
  f: (...args: A) => readonly [Tensor, X],
  options: GradOptions<N> & { readonly hasAux: true }
): (...args: A) => [ChosenBy<A, N>, X]
export function grad<A extends Arguments, const N extends Argnums = 0>(
  f: (...args: A) => Tensor,
  options?: GradOptions<N> & { readonly hasAux?: false }
): (...args: A) => ChosenBy<A, N>
export function grad(f: (...args: never[]) => unknown, given?: GradOptions<Argnums>, ...more: None) {
  const options = requireGiven('grad', f, more, given, rules)
  return (...args: readonly unknown[]): unknown => {
    const { gradient, aux } = derive('grad', f, options, args)
    return options.hasAux === true ? [gradient, aux] : gradient
  }
}

/**
 * Computes value and gradient of a scalar function in one go: `[f(...), gradient]`, or `[[loss, aux], gradient]` with
 * `hasAux`.
 *
 * @example
 * import { valueAndGrad, sum, mul, tensor } from 'saddlepoint'
 * const [value, gradient] = valueAndGrad((x) => sum(mul(x, x)))(tensor([1, 2]))
 * value.data // => [5]
 * gradient.data // => [2, 4]
 */
export function valueAndGrad<A extends Arguments, X, const N extends Argnums = 0>(
  f: (...args: A) => readonly [Tensor, X],
  options: GradOptions<N> & { readonly hasAux: true }
): (...args: A) => [[Tensor, X], ChosenBy<A, N>]
export function valueAndGrad<A extends Arguments, const N extends Argnums = 0>(
  f: (...args: A) => Tensor,
  options?: GradOptions<N> & { readonly hasAux?: false }
): (...args: A) => [Tensor, ChosenBy<A, N>]
export function valueAndGrad(f: (...args: never[]) => unknown, given?: GradOptions<Argnums>, ...more: None) {
  const options = requireGiven('valueAndGrad', f, more, given, rules)
  return (...args: readonly unknown[]): unknown => {
    const { value, aux, gradient } = derive('valueAndGrad', f, options, args)
    return [options.hasAux === true ? [value, aux] : value, gradient]
  }
}
