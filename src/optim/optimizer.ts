import type { Monoid } from '#fp-ts/Monoid'
import { add } from '../ops/arithmetic.ts'
import type { Problem } from '../tensor/problem.ts'
import { showValue, refuse, under } from '../tensor/problem.ts'
import { treeMap } from '../tensor/tree.ts'
import { isSchedule } from './schedule.ts'

/**
 * Turns gradients into updates (a gradient transformation), and the new parameters are params + updates. It keeps what
 * it has to remember in a state of its own, a tree of tensors, and is pure, so it can be traced and differentiated.
 * Which player of a game is updated when is another matter: the game's update rule says it.
 *
 * Laws, tested: chain is associative and `identity` is its unit, states included.
 */
export interface Optimizer {
  readonly name: string
  /** The options with defaults filled in, for printing and serialising. */
  readonly options: Readonly<Record<string, unknown>>
  /** What is wrong with the options. A transformation that has problems refuses to run. */
  readonly problems: readonly Problem[]
  /** The links, where it is a chain. */
  readonly links: readonly Optimizer[] | undefined
  readonly init: (params: unknown) => unknown
  readonly update: <P>(gradients: P, state: unknown, params: P) => readonly [updates: P, state: unknown]
}

/** States the rules of a gradient transformation of one's own, with its state's type S. */
export interface Transformation<S> {
  readonly name: string
  readonly options?: Readonly<Record<string, unknown>>
  readonly problems?: readonly Problem[]
  readonly init: (params: unknown) => S
  readonly update: <P>(gradients: P, state: S, params: P) => readonly [updates: P, state: S]
}

/**
 * Makes an optimizer of one's own from `init` and `update`.
 *
 * @example
 * import { Opt, mul, sign, tensor, treeMap } from 'saddlepoint'
 * const signSgd = Opt.transformation({
 *   name: 'signSgd',
 *   init: () => [],
 *   update: (gradients, state) => [treeMap((g) => mul(sign(g), -0.1), gradients), state]
 * })
 * const [updates] = signSgd.update(tensor([3, -4]), [], tensor([0, 0]))
 * updates.data // => [-0.1, 0.1]
 */
export const transformation = <S>({
  name,
  options = {},
  problems = [],
  init,
  update
}: Transformation<S>): Optimizer => ({
  name,
  options,
  problems,
  links: undefined,
  init: (params) => {
    refuse(name, problems)
    return init(params)
  },
  update: (gradients, state, params) => {
    refuse(name, problems)
    return update(gradients, state as S, params)
  }
})

/** Leaves gradients as they are. */
export const identity: Optimizer = {
  ...transformation<readonly []>({
    name: 'identity',
    init: () => [],
    update: (gradients, state) => [gradients, state]
  }),
  links: []
}

/**
 * Chains transformations, the updates of each being the gradients of the next. Chains within chains are
 * taken apart, so how they were put together makes no difference.
 *
 * @example
 * import { Opt, tensor } from 'saddlepoint'
 * const optimizer = Opt.chain(Opt.clipByNorm(1), Opt.sgd({ learningRate: 0.1 }))
 * const params = tensor([0, 0])
 * const [updates] = optimizer.update(tensor([3, 4]), optimizer.init(params), params)
 * updates.data // => [-0.06, -0.08]
 */
export const chain = (...optimizers: readonly Optimizer[]): Optimizer => {
  const links = optimizers.flatMap((optimizer) => optimizer.links ?? [optimizer])
  const [first, ...rest] = links
  if (first === undefined) return identity
  if (rest.length === 0) return first
  return {
    name: 'chain',
    options: {},
    problems: links.flatMap(({ problems }, i) => under([i], problems)),
    links,
    init: (params) => links.map(({ init }) => init(params)),
    update: (gradients, state, params) => {
      const states = state as readonly unknown[]
      const next: unknown[] = []
      const updates = links.reduce((g, { update }, i) => {
        const [transformed, after] = update(g, states[i], params)
        next.push(after)
        return transformed
      }, gradients)
      return [updates, next]
    }
  }
}

/** Collects transformations under `chain`; its unit is `identity`. */
export const MonoidOptimizer: Monoid<Optimizer> = { concat: (first, second) => chain(first, second), empty: identity }

/** Gives a transformation a name and options of its own. */
export const named = (
  name: string,
  options: Readonly<Record<string, unknown>>,
  problems: readonly Problem[],
  { init, update }: Optimizer
): Optimizer => transformation({ name, options, problems, init, update })

/**
 * Adds updates to params, leaf by leaf.
 *
 * @throws InvalidTree where the trees differ
 *
 * @example
 * import { Opt, tensor } from 'saddlepoint'
 * Opt.applyUpdates({ w: tensor([1, 2]) }, { w: tensor([0.5, -0.5]) }).w.data // => [1.5, 1.5]
 */
export const applyUpdates = <P>(params: P, updates: P): P => treeMap((p, u) => add(p, u), params, updates)

/**
 * Shows an optimizer as the expression that makes it.
 *
 * @example
 * import { Opt } from 'saddlepoint'
 * Opt.show(Opt.chain(Opt.clipByNorm(1), Opt.sgd({ learningRate: Opt.linear(0.1, 0, 100) })))
 * // => 'clipByNorm(maxNorm 1), then sgd(learningRate linear(from 0.1, to 0, steps 100))'
 */
export const show = ({ name, options, links }: Optimizer): string =>
  links === undefined || links.length === 0
    ? `${name}${Object.keys(options).length === 0 ? '' : `(${drawOptions(options)})`}`
    : links.map(show).join(', then ')

const drawOptions = (options: Readonly<Record<string, unknown>>): string =>
  Object.entries(options)
    .filter(([, value]) => value !== undefined)
    .map(
      ([key, value]) =>
        `${key} ${isSchedule(value) ? `${value.schedule}(${drawOptions(value.options)})` : showValue(value)}`
    )
    .join(', ')
