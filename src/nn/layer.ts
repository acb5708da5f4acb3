import type { Either } from '#fp-ts/Either'
import * as E from '#fp-ts/Either'
import type { Key } from '../random/key.ts'
import { fail } from '../tensor/error.ts'
import type { Problem } from '../tensor/problem.ts'
import { refuse } from '../tensor/problem.ts'
import type { Shape } from '../tensor/shape.ts'
import { showShape } from '../tensor/shape.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { isTensor } from '../tensor/tensor.ts'
import type { Features, Misfit } from './features.ts'
import { showFeatures, featuresOf, knownShape } from './features.ts'

/** Nests tensors in records and arrays, as deep as one likes. */
export type Tree = Tensor | readonly Tree[] | { readonly [name: string]: Tree }

/** Holds what a layer is applied with. Params and state are those that its `init` made, or what became of them. */
export interface Context<P = unknown, S = unknown> {
  readonly params: P
  readonly state: S
  /** What random layers draw from, in training. */
  readonly key?: Key | undefined
  /**
   * Whether the layer is being trained, false by default: dropout drops, batch norm takes the batch's own statistics.
   */
  readonly training?: boolean | undefined
  /** int32 [batch]: class labels, for layers that take them. */
  readonly labels?: Tensor | undefined
  /** How many of the first samples are a reference batch, for virtual batch normalization. */
  readonly references?: number | undefined
}

/**
 * A function of samples [batch, ...features] with parameters and a state, as data: what it is can be read and printed
 * before it runs. `In` and `Out` are its feature shapes as far as types know them.
 */
export interface Layer<In = unknown, Out = unknown> {
  readonly name: string
  /** The name with its numbers: `dense(2, 64)`. */
  readonly title: string
  /** The options with defaults filled in, for serialising. */
  readonly options: Readonly<Record<string, unknown>>
  /** Features of a sample that it takes and gives, where they are known completely. */
  readonly input: Shape | undefined
  readonly output: Shape | undefined
  /** What is wrong with the description. */
  readonly problems: readonly Problem[]
  /** Whether what becomes of a sample depends on the others of its batch. */
  readonly couplesSamples: boolean
  /** Whether it reads labels. */
  readonly takesLabels: boolean
  /** The layers that a network is made of, in order; undefined for a single layer. */
  readonly layers: readonly Layer[] | undefined
  /** What is known of the features that it takes, and whether it gives features like those it takes. */
  readonly accepts: Features
  readonly preserves: boolean
  /** Features that it gives for those it is given, or why these do not suit. */
  readonly fit: (features: Features) => Either<Misfit, Features>
  /** Params and state to begin with, a pure function of the key. */
  readonly init: (key: Key) => { readonly params: Tree; readonly state: Tree }
  /**
   * The result for a batch, and the state after it. Throws ShapeMisfit, naming the layer, for a batch that does not
   * suit.
   */
  readonly apply: (context: Context, x: Tree) => readonly [y: Tensor, state: Tree]
  /** Never there at run time. */
  readonly types?: readonly [In, Out]
}

/** Lists the rules of a layer of one's own; what is left out means no parameters, no state, no problems. */
export interface LayerRules<P extends Tree, S extends Tree> {
  readonly name: string
  readonly title?: string
  readonly options?: Readonly<Record<string, unknown>>
  readonly problems?: readonly Problem[]
  readonly accepts?: Features
  readonly preserves?: boolean
  readonly couplesSamples?: boolean
  readonly takesLabels?: boolean
  readonly layers?: readonly Layer[]
  /** By default features are kept, and all of them suit. */
  readonly fit?: (features: Features) => Either<Misfit, Features>
  readonly init?: (key: Key) => { readonly params: P; readonly state: S }
  readonly apply: (context: Context<P, S>, x: Tensor) => readonly [Tensor, S]
}

/** Fails unless x is a batch whose features suit. */
export const requireFit = (place: string, { fit, accepts }: Pick<Layer, 'fit' | 'accepts'>, x: Tree): void => {
  if (isTensor(x) && x.shape.length === 0)
    fail('ShapeMisfit', { op: place, expected: 'a batch, whose first axis counts samples', actual: 'a scalar' })
  const found = fit(featuresOf(x))
  if (E.isLeft(found))
    fail('ShapeMisfit', {
      op: place,
      expected: `a batch of features ${found.left.expected}`,
      actual: isTensor(x)
        ? `features ${found.left.actual} in ${showShape(x.shape)}`
        : `${found.left.actual} (it accepts ${showFeatures(accepts)})`,
      hint: found.left.hint
    })
}

/**
 * Completes a layer of one's own from its rules. A layer that has problems refuses to run.
 *
 * @example
 * import { Net, ones, mul, tensor } from 'saddlepoint'
 * const gain = Net.layer({
 *   name: 'gain',
 *   init: () => ({ params: { gain: ones([]) }, state: [] }),
 *   apply: ({ params, state }, x) => [mul(x, params.gain), state]
 * })
 * const { params, state } = gain.init(tensor([0, 0], [2], 'int32'))
 * gain.apply({ params, state }, tensor([[1, 2]]))[0].data // => [1, 2]
 */
export const layer = <In, Out, P extends Tree = readonly [], S extends Tree = readonly []>(
  rules: LayerRules<P, S>
): Layer<In, Out> => {
  const { name, title = name, options = {}, problems = [], accepts, preserves = rules.fit === undefined } = rules
  const fit = problems.length > 0 ? () => E.right(undefined) : (rules.fit ?? E.right)
  const found = fit(accepts)
  return {
    name,
    title,
    options,
    problems,
    input: knownShape(accepts),
    output: E.isRight(found) ? knownShape(found.right) : undefined,
    couplesSamples: rules.couplesSamples ?? false,
    takesLabels: rules.takesLabels ?? false,
    layers: rules.layers,
    accepts,
    preserves,
    fit,
    init: (key) => {
      refuse(title, problems)
      return rules.init?.(key) ?? { params: [], state: [] }
    },
    apply: (context, x) => {
      refuse(title, problems)
      requireFit(title, { fit, accepts }, x)
      return rules.apply(context as Context<P, S>, x as Tensor)
    }
  }
}
