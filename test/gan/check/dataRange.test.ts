/** Data that the last activation of the generator cannot give. */
import { describe, expect, it } from 'vitest'
import * as fc from 'fast-check'
import { Gan, Net, Prior, tensor } from '../../../src/index.ts'
import { checkDataRange } from '../../../src/gan/check/dataRange.ts'

const specOf = (generator: Net.Layer): Gan.Spec =>
  Gan.between({ generator, discriminator: Net.dense(2, 1), prior: Prior.normal([2]) })
const warned = (generator: Net.Layer, data: readonly number[]): readonly string[] =>
  checkDataRange(specOf(generator), tensor([data])).map(({ severity, actual }) => `${severity}: ${actual}`)

const ends: readonly (readonly [string, Net.Layer, number, number])[] = [
  ['tanh', Net.tanh, -1, 1],
  ['sigmoid', Net.sigmoid, 0, 1],
  ['softmax', Net.softmax, 0, 1],
  ['relu', Net.relu, 0, Infinity],
  ['softplus', Net.softplus, 0, Infinity]
]

describe.each(ends)('a generator that ends in %s', (_, activation, low, high) => {
  const whole = Net.serial(Net.dense(2, 4), activation)
  const shaped = Net.serial(whole, Net.reshape([1, 2, 2]))
  it('suits data in its range, and warns of all others', () => {
    const numbers = fc.array(fc.double({ min: -300, max: 300, noNaN: true }), { minLength: 1 })
    fc.assert(
      fc.property(numbers, (data) => {
        const beyond = data.some((x) => Math.fround(x) < low - 0.02 || Math.fround(x) > high + 0.02)
        expect(warned(whole, data)).toHaveLength(beyond ? 1 : 0)
        expect(warned(shaped, data)).toEqual(warned(whole, data))
      })
    )
  })
  it('says where the data lie', () => {
    expect(warned(whole, [-3, 255])).toEqual(['warning: a minibatch from -3 to 255'])
  })
})

it('any data suit a generator that ends in a layer without bounds, or of one’s own', () => {
  for (const last of [Net.dense(4, 4), Net.leakyRelu(), Net.lambda('own', (x) => x), Net.batchNorm(4)])
    expect(warned(Net.serial(Net.dense(2, 4), Net.tanh, last), [-300, 300])).toEqual([])
})
