/** Cores of regularizers given tensors that do not fit: refused by the name that was called, in words of their own. */
import { expect, it } from 'vitest'
import { Random, Reg, mul, ones, sum, tanh } from '../../../src/index.ts'
import type { Tensor } from '../../../src/index.ts'
import { thrown } from '../../support/thrown.ts'

const G = (z: Tensor): Tensor => tanh(mul(z, 2))
const D = (x: Tensor): Tensor => sum(x, { axes: [1] })
const x = Random.normal(Random.key(0), [2, 3])
const other = ones([4, 5])
const three = ones([3])

const misuses: readonly (readonly [string, () => unknown])[] = [
  ['Reg.interpolate', () => Reg.interpolate(x, x, three)],
  ['Reg.interpolate', () => Reg.interpolate(x, other, ones([2]))],
  ['Reg.forwardNoise', () => Reg.forwardNoise(x, x, three)],
  ['Reg.forwardNoise', () => Reg.forwardNoise(x, other, ones([2]))],
  ['Reg.centredNoise', () => Reg.centredNoise(x, other)],
  ['Reg.secantStretch', () => Reg.secantStretch(G, x, other)],
  ['Reg.tangentStretch', () => Reg.tangentStretch(G, x, other)],
  ['Reg.pathLengths', () => Reg.pathLengths(G, x, other)],
  ['Reg.stretchVariances', () => Reg.stretchVariances(G, x, ones([2, 4, 5]))],
  ['Reg.stretchVariances', () => Reg.stretchVariances(G, x, ones([1, 2, 3]))],
  ['Reg.curvatureVariances', () => Reg.curvatureVariances(G, x, ones([2, 4, 5]))],
  ['Reg.curvatureVariances', () => Reg.curvatureVariances(G, x, ones([1, 2, 3]))],
  ['Reg.separations', () => Reg.separations(G, x, other)],
  ['Reg.meanSeparation', () => Reg.meanSeparation(G, x, other)],
  ['Reg.squaredDistance', () => Reg.squaredDistance(x, other)],
  ['Reg.consistencyAt', () => Reg.consistencyAt(D, x, other)]
]

it.each(misuses)('%s', (op, misuse) => {
  expect(thrown(misuse)).toMatchObject({ _tag: 'ShapeMisfit', op })
})
