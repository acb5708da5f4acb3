import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import { foldIn } from '../random/key.ts'
import { fail } from '../tensor/error.ts'
import type { Problem } from '../tensor/problem.ts'
import { under } from '../tensor/problem.ts'
import type { Tensor } from '../tensor/tensor.ts'
import type { Features, Misfit } from './features.ts'
import type { Checked, InputOf, OutputOf } from './featureTypes.ts'
import { givenLayer } from './givenLayer.ts'
import type { Layer, Tree } from './layer.ts'
import { layer, requireContext, requireFit } from './layer.ts'

/** Follows features through all layers, or finds the first misfit with the number of its layer. */
const walk = (
  layers: readonly Layer[],
  features: Features
): E.Either<{ readonly index: number; readonly misfit: Misfit }, Features> => {
  let reached = features
  for (const [index, { fit }] of layers.entries()) {
    const next = fit(reached)
    if (E.isLeft(next)) return E.left({ index, misfit: next.left })
    reached = next.right
  }
  return E.right(reached)
}

/** Finds the features that the whole accepts: those of the first layer that does not just keep features. */
const acceptedBy = (layers: readonly Layer[]): Features => {
  for (const { accepts, preserves } of layers) {
    if (accepts !== undefined) return accepts
    if (!preserves) return undefined
  }
  return undefined
}

/**
 * Finds every place where a layer does not suit the one before it; after a misfit it goes on with what the layer itself
 * declares.
 */
const misfits = (layers: readonly Layer[], accepted: Features): readonly Problem[] => {
  const problems: Problem[] = []
  let reached = accepted
  layers.forEach(({ title, fit, accepts }, index) => {
    const next = fit(reached)
    if (E.isLeft(next)) {
      const { expected, actual, hint } = next.left
      const before = index === 0 ? 'the input' : `layer ${String(index - 1)}, ${layers[index - 1]?.title ?? ''}`
      problems.push({
        path: [index],
        expected: `features ${expected} for layer ${String(index)}, ${title}`,
        actual: `${actual} from ${before}`,
        hint
      })
    }
    const known = E.isRight(next) ? next : fit(accepts)
    reached = E.isRight(known) ? known.right : undefined
  })
  return problems
}

const partsOf = (whole: unknown, count: number): readonly unknown[] =>
  Array.isArray(whole) && whole.length === count
    ? (whole as readonly unknown[])
    : fail('InvalidTree', {
        op: 'serial',
        expected: `an array of ${String(count)}, one for each layer, as params and as state`,
        actual: Array.isArray(whole) ? `one of ${String(whole.length)}` : typeof whole,
        hint: 'Take params and state from init of this very network'
      })

/**
 * Chains layers to a network. Its params and state are arrays, an entry a layer. Layer i draws from foldIn(key, i),
 * in `init` and in `apply`. Networks within networks are taken apart, so that how layers were put together makes no
 * difference, to parameters neither.
 *
 * Layers that do not suit each other are a compile-time error where types tell, and an entry of `problems` otherwise.
 *
 * Laws, tested: serial is associative, and serial() is its unit.
 *
 * @formula y = l_n(... l_1(x))
 *
 * @throws ShapeMisfit from `apply`, naming the layer, where x does not suit
 *
 * @example
 * import { Net, Random, tensor } from 'saddlepoint'
 * const net = Net.serial(Net.dense(2, 64), Net.relu, Net.dense(64, 1))
 * net.input // => [2]
 * net.output // => [1]
 * const { params, state } = net.init(Random.key(0))
 * const [scores] = net.apply({ params, state }, tensor([[1, 2], [3, 4], [5, 6]]))
 * scores.shape // => [3, 1]
 */
export const serial = <const L extends readonly Layer[]>(...given: L & Checked<L>): Layer<InputOf<L>, OutputOf<L>> => {
  const layers = (given as readonly Layer[]).map(givenLayer).flatMap((one) => one.layers ?? [one])
  const accepts = acceptedBy(layers)
  const place = (index: number): string => `layer ${String(index)}, ${layers[index]?.title ?? ''}`
  const apply: Layer['apply'] = (context, x) => {
    requireContext('serial', context, true)
    const params = partsOf(context.params, layers.length)
    const before = partsOf(context.state, layers.length)
    const after: Tree[] = []
    const y = layers.reduce((features, one, i) => {
      requireFit(place(i), one, features)
      const key = context.key === undefined ? undefined : foldIn(context.key, i)
      const [next, state] = one.apply({ ...context, params: params[i], state: before[i], key }, features)
      after.push(state)
      return next
    }, x)
    return [y as Tensor, after]
  }
  const whole = layer<InputOf<L>, OutputOf<L>, readonly Tree[], readonly Tree[]>({
    name: 'serial',
    title: `serial(${layers.map(({ title }) => title).join(', ')})`,
    options: { layers },
    accepts,
    preserves: layers.every(({ preserves }) => preserves),
    couplesSamples: layers.some(({ couplesSamples }) => couplesSamples),
    takesLabels: layers.some(({ takesLabels }) => takesLabels),
    layers,
    fit: (features) =>
      pipe(
        walk(layers, features),
        E.mapLeft(({ index, misfit }) => ({ ...misfit, expected: `${misfit.expected} for ${place(index)}` }))
      ),
    init: (key) => {
      const made = layers.map(({ init }, i) => init(foldIn(key, i)))
      return { params: made.map(({ params }) => params), state: made.map(({ state }) => state) }
    },
    apply: (context, x) => apply(context, x) as readonly [Tensor, readonly Tree[]]
  })
  const problems = [...layers.flatMap(({ problems }, i) => under([i], problems)), ...misfits(layers, accepts)]
  // Its own apply, not the checked one of `whole`: an error names the layer, not the network.
  return { ...whole, problems, apply }
}
