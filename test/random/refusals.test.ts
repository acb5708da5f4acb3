import { describe, expect, it } from 'vitest'
import {
  bernoulli,
  bits,
  categorical,
  foldIn,
  key,
  keysOf,
  normal,
  permutation,
  rademacher,
  randint,
  split,
  uniform
} from '../../src/random/random.ts'
import type { Shape } from '../../src/tensor/shape.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'
import { makeTensor } from '../../src/tensor/makeTensor.ts'
import * as Program from '../../src/transform/programs.ts'

const root = key(7)
const scalar = (value: number): Tensor => makeTensor(value, [], 'int32')

/** Draws of any shape. */
const shaped: Readonly<Record<string, (of: Tensor, shape: Shape) => Tensor>> = {
  bits,
  uniform,
  normal,
  rademacher,
  bernoulli: (of, shape) => bernoulli(of, 0.5, shape),
  randint: (of, shape) => randint(of, shape, 0, 10),
  categorical: (of, shape) => categorical(of, makeTensor([1, 2]), shape)
}

/** Everything that takes a key, by the name that the user called. */
const takers: Readonly<Record<string, readonly ((of: Tensor) => unknown)[]>> = {
  ...Object.fromEntries(Object.entries(shaped).map(([name, draw]) => [name, [(of: Tensor) => draw(of, [2])]])),
  permutation: [(of) => permutation(of, 3)],
  split: [split],
  foldIn: [(of) => foldIn(of, 1), (of) => foldIn(of, scalar(1))]
}

describe.each(Object.entries(takers))('%s', (name, forms) => {
  it.each([
    ['a float', makeTensor([0, 7])],
    ['three words', makeTensor([0, 7, 7], [3], 'int32')],
    ['one word', makeTensor([7], [1], 'int32')],
    ['a list of keys', split(root, 2)]
  ])('refuses %s in place of a key, in its own name', (_, wrong) => {
    for (const form of forms)
      expect(() => form(wrong)).toThrow(`ShapeMisfit in ${name}: expected a key, int32 [2]; got`)
  })
})

/** The largest length that a trace of the draw accepts is `limit`; nothing of that length is ever computed. */
const expectLimit = (draw: (of: Tensor, length: number) => Tensor, limit: number, name: string): void => {
  expect(() => Program.of((of: Tensor) => draw(of, limit), root)).not.toThrow()
  expect(() => Program.of((of: Tensor) => draw(of, limit + 1), root)).toThrow(`InvalidArgument in ${name}: expected`)
}

describe.each(Object.entries(shaped))('%s', (name, draw) => {
  it('refuses what is no shape', () => {
    for (const shape of [[-1], [2, 0.5], [NaN, 2]])
      expect(() => draw(root, shape)).toThrow(`InvalidArgument in ${name}: expected a shape`)
  })

  it('counts its elements in one word', () => expectLimit((of, length) => draw(of, [length]), 2 ** 32, name))
})

describe('permutation', () => {
  it('refuses a length that is no count', () => {
    for (const wrong of [-1, 0.5, NaN])
      expect(() => permutation(root, wrong)).toThrow(`InvalidArgument in permutation: expected`)
  })

  it('numbers what it orders in int32', () => expectLimit(permutation, 2 ** 31 - 1, 'permutation'))
})

describe('randint', () => {
  const most = 2 ** 31 - 1

  it.each([
    [most - 1, most],
    [-most, 1 - most],
    [2 ** 24, 2 ** 24 + 1],
    [-5, 2 ** 24 - 5]
  ])('draws from %d up to %d', (low, high) => {
    const { data } = randint(root, [50], low, high)
    expect(data.every((x) => x >= low && x < high)).toBe(true)
  })

  it.each([
    [most, most + 1],
    [-most - 1, -most],
    [2 ** 31, 2 ** 31 + 1],
    [-5, 2 ** 24],
    [3, 3],
    [0.5, 2],
    [0, 2 ** 24 + 1]
  ])('refuses %d up to %d', (low, high) =>
    // prettier-ignore
    expect(() => randint(root, [2], low, high)).toThrow(/InvalidArgument in randint/)
  )
})

describe('uniform', () => {
  it('refuses bounds that would make it larger', () =>
    expect(() => uniform(root, [3], { max: makeTensor([[1], [2]]) })).toThrow('ShapeMisfit in uniform'))
})

describe('bernoulli', () => {
  it.each([-0.1, 1.1, NaN])('refuses the probability %d', (p) =>
    expect(() => bernoulli(root, p, [2])).toThrow('InvalidArgument in bernoulli: expected a probability in [0, 1]')
  )

  it('is never true with probability 0, and always with 1', () => {
    expect(new Set(bernoulli(root, 0, [1000]).data)).toEqual(new Set([0]))
    expect(new Set(bernoulli(root, 1, [1000]).data)).toEqual(new Set([1]))
  })

  it('refuses probabilities that would make it larger', () =>
    expect(() => bernoulli(root, makeTensor([[0.5], [0.5]]), [3])).toThrow('ShapeMisfit in bernoulli'))
})

describe('categorical', () => {
  it.each([[makeTensor([], [0])], [makeTensor([[1]])], [makeTensor(1)]])('refuses weights %o', (weights) =>
    expect(() => categorical(root, weights, [2])).toThrow('ShapeMisfit in categorical: expected weights [n]')
  )
})

describe('keysOf', () => {
  it.each([[[2]], [[3, 3]], [[2, 2, 2]], [[2, 1]]])('refuses %j', (shape) => {
    const wrong = makeTensor(
      Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => i),
      shape,
      'int32'
    )
    expect(() => keysOf(wrong)).toThrow('ShapeMisfit in keysOf: expected keys, int32 [n, 2]')
  })
})

describe('foldIn', () => {
  it('takes every number of 32 bits, with a sign or without', () => {
    expect(foldIn(root, -(2 ** 31)).data).toEqual(foldIn(root, 2 ** 31).data)
    for (const wrong of [-(2 ** 31) - 1, 2 ** 32, 0.5])
      expect(() => foldIn(root, wrong)).toThrow('InvalidArgument in foldIn: expected a whole number')
  })

  it.each([[makeTensor(1)], [makeTensor([1], [1], 'int32')]])('refuses the tensor %o', (wrong) =>
    expect(() => foldIn(root, wrong)).toThrow('ShapeMisfit in foldIn: expected an int32 scalar')
  )
})
