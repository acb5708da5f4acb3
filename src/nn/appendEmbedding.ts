import * as E from '#fp-ts/Either'
import { concat } from '../ops/assembly.ts'
import { take } from '../ops/indexing.ts'
import { broadcastTo, reshape } from '../ops/shaping.ts'
import { normal } from '../random/normal.ts'
import type { None } from '../tensor/arguments.ts'
import { count, readOptions } from '../tensor/options.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { labelsOf } from './conditional.ts'
import { misfit } from './features.ts'
import type { Layer, Tree } from './layer.ts'
import { callOf, layer } from './layer.ts'

/**
 * Appends a learnt vector of the label's class, `size` features, which begins standard normal: [n] -> [n + size], and
 * images [C, H, W] -> [C + size, H, W], each number a plane.
 *
 * @formula y = (x, e_label)
 * @when classes are many, so that one feature a class (`Net.appendLabels`) is too wide
 * @see Brock, Donahue and Simonyan, Large scale GAN training for high fidelity natural image synthesis (2019),
 * section 3
 *
 * @throws InvalidArgument where the context has no labels
 *
 * @example
 * import { Net, tensor } from 'saddlepoint'
 * const labels = tensor([1, 0], [2], 'int32')
 * const params = { classes: tensor([[7, 8], [9, 10]]) }
 * Net.appendEmbedding(2, 2).apply({ params, state: [], labels }, tensor([[5], [6]]))[0] // => [[5, 9, 10], [6, 7, 8]]
 */
export const appendEmbedding = (classes: number, size: number, ...more: None): Layer => {
  type Params = { readonly classes: Tensor; readonly [name: string]: Tree }
  const title = callOf('appendEmbedding', classes, size)
  return layer<unknown, unknown, Params>({
    name: 'appendEmbedding',
    title,
    options: { classes, size },
    problems: readOptions({}, {}, { classes: count, size: count }, { classes, size }, more).problems,
    takesLabels: true,
    fit: (features) => {
      if (features === undefined) return E.right(undefined)
      const [first = null, ...rest] = features
      return features.length === 0
        ? misfit('with an axis to append to', features, 'Put Net.reshape([1]) before it')
        : E.right([first === null ? null : first + size, ...rest])
    },
    init: (key) => ({ params: { classes: normal(key, [classes, size]) }, state: [] }),
    apply: ({ params, state, labels }, x) => {
      const [batch = 0, , ...extents] = x.shape
      const own = take(params.classes, labelsOf(title, labels, x))
      const planes = broadcastTo(reshape(own, [batch, size, ...extents.map(() => 1)]), [batch, size, ...extents])
      return [concat([x, planes], { axis: 1 }), state]
    }
  })
}
