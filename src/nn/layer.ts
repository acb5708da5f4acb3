import type { Either } from '#fp-ts/Either'
import * as E from '#fp-ts/Either'
import type { Key } from '../random/key.ts'
import { pipe } from '#fp-ts/function'
import type { None } from '../tensor/arguments.ts'
import { requireTensor } from '../tensor/arguments.ts'
import { fail } from '../tensor/error.ts'
import type { Rule } from '../tensor/options.ts'
import { anyFunction, anything, countOrZero, flag, optional, readOptions, text } from '../tensor/options.ts'
import type { Problem } from '../tensor/problem.ts'
import { refuse, showValue } from '../tensor/problem.ts'
import type { Shape } from '../tensor/shape.ts'
import { showShape } from '../tensor/shape.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { isTensor } from '../tensor/tensor.ts'
import type { Features, Misfit } from './features.ts'
import { showFeatures, featuresOf, knownShape, misfit } from './features.ts'

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
  /**
   * In training, whether the state that comes back is that of this batch alone, a function of it that is differentiated,
   * where it would be an average over batches: in evaluation mode with it, each of the batch's samples is what it was.
   */
  readonly batchState?: boolean | undefined
  /** Whether dropout drops, by default as in training. It needs a key. */
  readonly dropout?: boolean | undefined
  /** int32 [batch], class labels, or float32 [batch, ...], conditions, for layers that take them. */
  readonly labels?: Tensor | undefined
  /** How many of the first samples are a reference batch, for virtual batch normalization. */
  readonly references?: number | undefined
  /** Holds what a mapping network tells, [batch, features], for layers that take a style. */
  readonly style?: Tensor | undefined
}

/**
 * A function of samples [batch, ...features] with parameters and a state, as data: what it is can be read and printed
 * before it runs. `In` and `Out` are its feature shapes as far as types know them.
 */
export interface Layer<In = unknown, Out = unknown> {
  readonly name: string
  /** The name with its numbers: `dense(2, 64)`. */
  readonly title: string
  /** All that it was made from, by name, with defaults filled in: numbers, and layers and initializers as they are. */
  readonly options: Readonly<Record<string, unknown>>
  /** Whether its rules are a user's, which nothing but the user's code can make again. */
  readonly isOwn?: boolean
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
  /** Whether x may be a tree of batches, which `apply` then has to take for one. */
  readonly takesTrees?: boolean
  readonly layers?: readonly Layer[]
  /** By default features are kept, and all of them suit. */
  readonly fit?: (features: Features) => Either<Misfit, Features>
  readonly init?: (key: Key) => { readonly params: P; readonly state: S }
  readonly apply: (context: Context<P, S>, x: Tensor) => readonly [Tensor, S]
}

/** Writes the call that makes a layer: `dense(2, 64)`. */
export const callOf = (name: string, ...values: readonly unknown[]): string =>
  `${name}(${values.map((value) => showValue(value)).join(', ')})`

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

const isObject = (x: unknown): x is object => typeof x === 'object' && x !== null

/** Fails unless a layer is applied with a context, and with params and a state where it makes them. */
export const requireContext = (title: string, context: unknown, makesParams: boolean): void => {
  const { params, state } = (isObject(context) ? context : {}) as Partial<Context>
  if (!isObject(context) || (makesParams && !(isObject(params) && isObject(state))))
    fail('InvalidArgument', {
      op: title,
      expected: '{ params, state } as init makes them',
      actual: isObject(context) ? `params ${showValue(params)} and state ${showValue(state)}` : showValue(context),
      hint: 'Write layer.apply(layer.init(Random.key(0)), x)'
    })
}

/** Fails unless a rule of one's own gave what it has to give. */
const requireResult = <A>(title: string, expected: string, result: A, suits: boolean): A =>
  suits ? result : fail('InvalidArgument', { op: title, expected, actual: showValue(result) })

/** Makes a misfit of a rule of one's own that throws, or gives something else than features. */
const safely =
  (fit: Layer['fit']): Layer['fit'] =>
  (features) =>
    pipe(
      E.tryCatch(
        () => fit(features) as unknown,
        (cause) => (cause instanceof Error ? cause.message : showValue(cause))
      ),
      E.match(
        (thrown) => misfit('that its fit takes', features, thrown),
        (found) =>
          isObject(found) && '_tag' in found
            ? (found as E.Either<Misfit, Features>)
            : misfit('for which its fit gives E.right(features)', features, `It gave ${showValue(found)}`)
      )
    )

const extents: Rule = {
  expected: 'a list of extents, null for those that are not known',
  accepts: (x) => Array.isArray(x) && x.every((extent) => extent === null || countOrZero.accepts(extent))
}
const list: Rule = { expected: 'a list', accepts: Array.isArray }

const rulesOfLayers = {
  name: text,
  title: optional(text),
  options: optional(anything),
  problems: optional(list),
  // A layer with problems may accept anything at all.
  accepts: anything,
  preserves: optional(flag),
  couplesSamples: optional(flag),
  takesLabels: optional(flag),
  takesTrees: optional(flag),
  layers: optional(list),
  fit: optional(anyFunction),
  init: optional(anyFunction),
  apply: anyFunction
}

/** Returns rules as they were given, or those of a layer that has the problems of what was given instead. */
const readRules = <P extends Tree, S extends Tree>(given: LayerRules<P, S>, more: None): LayerRules<P, S> => {
  const { all, problems } = readOptions<LayerRules<P, S>>({}, given, rulesOfLayers, {}, more)
  if (problems.length > 0)
    return { name: text.accepts(all.name) ? all.name : 'layer', problems, apply: ({ state }, x) => [x, state] }
  if (given.accepts === undefined || extents.accepts(given.accepts)) return given
  const misread: Problem = {
    path: ['accepts'],
    expected: extents.expected,
    actual: showValue(given.accepts),
    hint: 'Change accepts'
  }
  const { accepts: _, problems: own = [], ...others } = given
  return { ...others, problems: own.length > 0 ? own : [misread] }
}

/** Completes a layer from its rules. A layer that has problems refuses to run. */
export const layer = <In, Out, P extends Tree = readonly [], S extends Tree = readonly []>(
  given: LayerRules<P, S>,
  ...more: None
): Layer<In, Out> => {
  const rules = readRules(given, more)
  const { name, title = name, options = {}, problems = [], accepts, preserves = rules.fit === undefined } = rules
  const fit = problems.length > 0 ? () => E.right(undefined) : rules.fit === undefined ? E.right : safely(rules.fit)
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
      const made = rules.init?.(key) ?? { params: [], state: [] }
      return requireResult(
        title,
        '{ params, state } of init',
        made,
        isObject(made) && 'params' in made && 'state' in made
      )
    },
    apply: (context, x) => {
      refuse(title, problems)
      requireContext(title, context, rules.init !== undefined)
      if (rules.takesTrees !== true) requireTensor(title, x, 'a batch, a tensor (Net.join makes one of several)')
      requireFit(title, { fit, accepts }, x)
      const result = rules.apply(context as Context<P, S>, x as Tensor)
      return requireResult(title, 'a pair [y, state] of apply', result, Array.isArray(result) && isTensor(result[0]))
    }
  }
}
