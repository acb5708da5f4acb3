import type { Monoid } from '#fp-ts/Monoid'
import { add } from '../ops/arithmetic.ts'
import type { None } from '../tensor/arguments.ts'
import { refuseMore } from '../tensor/arguments.ts'
import { fail } from '../tensor/error.ts'
import type { Rule } from '../tensor/options.ts'
import { anyFunction, optional, readOptions, text } from '../tensor/options.ts'
import type { Problem } from '../tensor/problem.ts'
import { showValue, refuse, under } from '../tensor/problem.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { isRecord, treeMap } from '../tensor/tree.ts'
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
  /** All that it was made from, by name, with defaults filled in: numbers, and schedules and optimizers as they are. */
  readonly options: Readonly<Record<string, unknown>>
  /** Whether its rules are a user's, which nothing but the user's code can make again. */
  readonly isOwn?: boolean
  /** What is wrong with the options. A transformation that has problems refuses to run. */
  readonly problems: readonly Problem[]
  /** The links, where it is a chain. */
  readonly links: readonly Optimizer[] | undefined
  readonly init: (params: unknown) => unknown
  /**
   * `step` is the number that schedules are given, an int32 scalar: in a GAN the number of the cycle, however often a
   * player is updated in it. Without it they are given the number of updates so far.
   */
  readonly update: <P>(gradients: P, state: unknown, params: P, step?: Tensor) => readonly [updates: P, state: unknown]
}

/** States the rules of a gradient transformation of one's own, with its state's type S. */
export interface Transformation<S> {
  readonly name: string
  readonly options?: Readonly<Record<string, unknown>>
  readonly problems?: readonly Problem[]
  readonly init: (params: unknown) => S
  readonly update: <P>(gradients: P, state: S, params: P, step?: Tensor) => readonly [updates: P, state: S]
}

const list: Rule = { expected: 'a list', accepts: Array.isArray }
const record: Rule = { expected: 'a record', accepts: isRecord }
const rulesOfTransformations = {
  name: text,
  options: optional(record),
  problems: optional(list),
  init: anyFunction,
  update: anyFunction
}

/** Fails unless a state may be one that an optimizer made: trees are checked where they are walked. */
const requireState = (name: string, state: unknown): void => {
  if (typeof state !== 'object' || state === null)
    fail('InvalidTree', {
      op: name,
      expected: 'the state that init or the update before made',
      actual: showValue(state),
      hint: 'Write optimizer.update(gradients, optimizer.init(params), params)'
    })
}

/** Returns the pair that an update gave, and fails where a rule of one's own gave something else. */
const requirePair = <A>(name: string, pair: A): A =>
  Array.isArray(pair) && pair.length === 2
    ? pair
    : fail('InvalidArgument', { op: name, expected: 'a pair [updates, state] of update', actual: showValue(pair) })

/** Completes an optimizer from `init` and `update`. */
export const transformation = <S>(rules: Transformation<S>, ...more: None): Optimizer => {
  const { all, problems: misuse } = readOptions<Transformation<S>>({}, rules, rulesOfTransformations, {}, more)
  const { options = {}, problems: own = [], init, update } = all as Transformation<S>
  const name = text.accepts(all.name) ? all.name : 'transformation'
  const problems = misuse.length > 0 ? misuse : own
  return {
    name,
    options,
    problems,
    links: undefined,
    init: (params) => {
      refuse(name, problems)
      return init(params)
    },
    update: (gradients, state, params, step) => {
      refuse(name, problems)
      requireState(name, state)
      return requirePair(name, update(gradients, state as S, params, step))
    }
  }
}

/**
 * Leaves gradients as they are.
 *
 * @formula g -> g
 * @cost nothing
 * @when a chain may be empty
 */
export const identity: Optimizer = {
  ...transformation<readonly []>({
    name: 'identity',
    init: () => [],
    update: (gradients, state) => [gradients, state]
  }),
  links: []
}

const isOptimizer = (x: unknown): x is Optimizer =>
  isRecord(x) && Array.isArray(x['problems']) && typeof x['init'] === 'function' && typeof x['update'] === 'function'

/** Returns what was given as an optimizer; in the place of anything else one whose problem says what it is. */
const givenOptimizer = (x: Optimizer): Optimizer =>
  isOptimizer(x)
    ? x
    : transformation<readonly []>({
        name: showValue(x),
        problems: [
          {
            path: [],
            expected: 'an optimizer',
            actual: showValue(x),
            hint: typeof x === 'function' ? 'Call it, with its options' : 'Optimizers come from Opt.adam and the like'
          }
        ],
        init: () => [],
        update: (gradients, state) => [gradients, state]
      })

const requireStates = (count: number, state: unknown): readonly unknown[] =>
  Array.isArray(state) && state.length === count
    ? (state as readonly unknown[])
    : fail('InvalidTree', {
        op: 'chain',
        expected: `a list of ${String(count)} states, one for each link`,
        actual: showValue(state),
        hint: 'Take the state from init of this very optimizer'
      })

/**
 * Chains transformations, the updates of each being the gradients of the next. Chains within chains are taken apart,
 * so how they were put together makes no difference.
 *
 * @formula g -> b(a(g))
 * @cost what its parts cost
 * @when gradients are to be clipped or decayed before an optimizer
 *
 * @example
 * import { Opt, tensor } from 'saddlepoint'
 * const optimizer = Opt.chain(Opt.clipByNorm(1), Opt.sgd({ learningRate: 0.1 }))
 * const params = tensor([0, 0])
 * const [updates] = optimizer.update(tensor([3, 4]), optimizer.init(params), params)
 * updates.data // => [-0.06, -0.08]
 */
export const chain = (...optimizers: readonly Optimizer[]): Optimizer => {
  const links = optimizers.map(givenOptimizer).flatMap((optimizer) => optimizer.links ?? [optimizer])
  const [first, ...rest] = links
  if (first === undefined) return identity
  if (rest.length === 0) return first
  const problems = links.flatMap((link, i) => under([i], link.problems))
  return {
    name: 'chain',
    options: { optimizers: links },
    problems,
    links,
    init: (params) => links.map(({ init }) => init(params)),
    update: (gradients, state, params, step) => {
      refuse('chain', problems)
      const states = requireStates(links.length, state)
      const next: unknown[] = []
      const updates = links.reduce((g, { update }, i) => {
        const [transformed, after] = update(g, states[i], params, step)
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
export const applyUpdates = <P>(params: P, updates: P, ...more: None): P => {
  refuseMore('Opt.applyUpdates', more)
  return treeMap((p, u) => add(p, u), params, updates)
}

/**
 * Shows an optimizer as the expression that makes it.
 *
 * @example
 * import { Opt } from 'saddlepoint'
 * Opt.show(Opt.chain(Opt.clipByNorm(1), Opt.sgd({ learningRate: Opt.linear(0.1, 0, 100) })))
 * // => 'clipByNorm(maxNorm 1), then sgd(learningRate linear(from 0.1, to 0, steps 100))'
 */
export const show = (optimizer: Optimizer, ...more: None): string => {
  refuseMore('Opt.show', more)
  if (!isOptimizer(optimizer)) refuse('Opt.show', givenOptimizer(optimizer).problems)
  return showLinks(optimizer)
}

const showLinks = ({ name, options, links }: Optimizer): string =>
  links === undefined || links.length === 0
    ? `${name}${Object.keys(options).length === 0 ? '' : `(${drawOptions(options)})`}`
    : links.map(showLinks).join(', then ')

const drawOptions = (options: Readonly<Record<string, unknown>>): string =>
  Object.entries(options)
    .filter(([, value]) => value !== undefined)
    .map(
      ([key, value]) =>
        `${key} ${isSchedule(value) ? `${value.schedule}(${drawOptions(value.options)})` : showValue(value)}`
    )
    .join(', ')
