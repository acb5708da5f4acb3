import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import { add } from '../ops/arithmetic.ts'
import type { None } from '../tensor/arguments.ts'
import { readOptions } from '../tensor/options.ts'
import { under } from '../tensor/problem.ts'
import { agree, showFeatures, misfit } from './features.ts'
import type { Fits, Same, Unfit } from './featureTypes.ts'
import { givenLayer } from './givenLayer.ts'
import type { Layer, Tree } from './layer.ts'
import { layer } from './layer.ts'

/** A layer whose output is shaped like its input. */
type Endo<In, Out> = Out extends Same
  ? unknown
  : Fits<Out, In> extends true
    ? unknown
    : Unfit<'gives other features than it takes'>

/**
 * Adds what goes in to what comes out. Params and state are those of `inner`, which has to keep the features.
 *
 * @formula y = x + inner(x)
 * @when networks are deep
 * @see He et al., Deep residual learning for image recognition (2016)
 *
 * @example
 * import { Net, Random, tensor } from 'saddlepoint'
 * const layer = Net.residual(Net.relu)
 * layer.apply(layer.init(Random.key(0)), tensor([[-1, 2]]))[0].data // => [-1, 4]
 */
export const residual = <In, Out>(given: Layer<In, Out> & Endo<In, Out>, ...more: None): Layer<In, Same> => {
  const inner: Layer = givenLayer(given)
  const kept: Layer['fit'] = (features) =>
    pipe(
      inner.fit(features),
      E.chain((given) =>
        agree(given, features)
          ? E.right(features ?? given)
          : misfit(
              `${showFeatures(features)} from ${inner.title}, to be added to its input`,
              given,
              'Make the inner layers keep the features'
            )
      )
    )
  const extra = readOptions({}, {}, {}, {}, more).problems
  const found = kept(inner.accepts)
  const misfits = E.isLeft(found) ? [{ path: ['inner'], ...found.left }] : []
  return {
    ...layer<In, Same, Tree, Tree>({
      name: 'residual',
      problems: extra,
      title: `residual(${inner.title})`,
      options: { inner },
      accepts: inner.accepts,
      preserves: true,
      couplesSamples: inner.couplesSamples,
      takesLabels: inner.takesLabels,
      fit: kept,
      init: inner.init,
      apply: (context, x) => {
        const [y, state] = inner.apply(context, x)
        return [add(x, y), state]
      }
    }),
    problems: [...extra, ...under(['inner'], inner.problems), ...misfits]
  }
}
