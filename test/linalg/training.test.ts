/** The condition number of a generator as a term of its loss; and a matrix that breaks in a training, traced to its op. */
import { pipe } from '#fp-ts/function'
import { expect, it } from 'vitest'
import {
  Gan,
  Issue,
  eigh,
  expandDims,
  jacfwd,
  log,
  logdet,
  matmul,
  mean,
  mul,
  reduceMax,
  reduceMin,
  singularValues,
  squeeze,
  sub,
  sum,
  tensor,
  transpose,
  vmap
} from '../../src/index.ts'
import type { Tensor } from '../../src/index.ts'
import { errorAgainst } from '../../src/tensor/compare.ts'
import { failed, points, rightOf, smallSpec } from '../support/smallGan.ts'

type Figure = (jacobian: Tensor) => Tensor

/** The mean of a figure of the generator's Jacobians at the latents. */
const termOf =
  (figure: Figure): Gan.Term =>
  ({ G, latent }) => {
    const one = (z: Tensor): Tensor => squeeze(G(expandDims(z, { axes: [0] })), { axes: [0] })
    return mean(vmap((z: Tensor) => figure(jacfwd(one)(z)))(latent))
  }

const bySingularValues: Figure = (j) => {
  const s = singularValues(j)
  return sub(log(reduceMax(s)), log(reduceMin(s)))
}
const byMetric: Figure = (j) => {
  const [w] = eigh(matmul(transpose(j), j))
  return mul(sub(log(reduceMax(w)), log(reduceMin(w))), 0.5)
}

const stepped = async (figure: Figure, engine: 'wasm' | 'reference') => {
  const spec = smallSpec(Gan.withRegularizer('generator', termOf(figure)))
  const trained = rightOf(await pipe(spec, Gan.train({ data: points, batchSize: 4, steps: 3, seed: 1, engine }))())
  return trained.state.players['generator']!
}

const weightsOf = (state: { readonly params: unknown }): Tensor =>
  (state.params as readonly { readonly weights: Tensor }[])[0]!.weights

it('trains, by singular values and by the metric tensor, to the same parameters on every engine', async () => {
  const states = [
    await stepped(bySingularValues, 'reference'),
    await stepped(bySingularValues, 'wasm'),
    await stepped(byMetric, 'reference'),
    await stepped(byMetric, 'wasm')
  ]
  const [first, ...others] = states.map(weightsOf) as [Tensor, ...Tensor[]]
  for (const other of others) expect(errorAgainst(other.data, first.data)).toBeLessThan(1e-4)
})

it.each([
  [
    'eigh of an asymmetric matrix',
    (j: Tensor) => sum(eigh(mul(matmul(j, transpose(j)), tensor([[1, 0], [2, 1]])))[0]), // prettier-ignore
    /first made by eigh of float32\[4, 2, 2\], in the term/
  ],
  ['logdet of a singular matrix', (j: Tensor) => logdet(mul(j, tensor([[1, 0], [1, 0]]))), /first made by log of/] // prettier-ignore
] as const)('%s is traced', async (_, figure, message) => {
  const { issues } = await failed(smallSpec(Gan.withRegularizer('generator', termOf(figure))), { engine: 'wasm' })
  expect(Issue.show(issues)).toMatch(message)
})
