import type { Layer } from '../../nn/layer.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import type { Spec } from '../game/spec.ts'
import type { Issue } from './issue.ts'
import { issue, warning } from './issue.ts'

/** Lists what the last layer of a generator can give at all, ends included. */
const ranges: Readonly<Record<string, readonly [low: number, high: number]>> = {
  tanh: [-1, 1],
  sigmoid: [0, 1],
  softmax: [0, 1],
  relu: [0, Infinity],
  softplus: [0, Infinity]
}

/** Lists the layers that change no number. */
const moving = ['reshape', 'flatten']

const lastActivation = (net: Layer): string | undefined =>
  (net.layers ?? [net]).findLast(({ name }) => !moving.includes(name))?.name

/** Finds the least and the largest of some numbers. */
const extremes = (data: ArrayLike<number>): readonly [number, number] => {
  let [low, high] = [Infinity, -Infinity]
  for (let i = 0; i < data.length; i++) {
    const x = data[i] ?? 0
    if (x < low) low = x
    if (x > high) high = x
  }
  return [low, high]
}

/** Rounding and dequantization may go beyond the ends by so much. */
const slack = 0.02

const show = (x: number): string => String(Number(x.toPrecision(3)))

/** Finds the range of what a generator gives, where it is not all numbers, and the layer that makes it so. */
const rangeOf = ({
  networks
}: Spec): { readonly name: string; readonly range: readonly [number, number] } | undefined => {
  const name = networks['generator'] === undefined ? undefined : lastActivation(networks['generator'])
  const range = name === undefined ? undefined : ranges[name]
  return name === undefined || range === undefined ? undefined : { name, range }
}

/** Tests whether there are data that the generator cannot give. */
export const isBounded = (spec: Spec): boolean => rangeOf(spec) !== undefined

/**
 * Warns of data that the generator cannot give: pixels 0 .. 255 where it ends in tanh. D then tells them by their range
 * alone. `real` is a minibatch of theirs.
 */
export const checkDataRange = (spec: Spec, real: Tensor): readonly Issue[] => {
  const bounds = rangeOf(spec)
  if (bounds === undefined) return []
  const {
    name,
    range: [low, high]
  } = bounds
  const [least, largest] = extremes(real.data)
  if (!(least < low - slack || largest > high + slack)) return []
  const expected = high === Infinity ? `numbers of at least ${show(low)}` : `numbers in [${show(low)}, ${show(high)}]`
  return [
    warning(
      issue(
        'Misfit',
        ['train', 'data'],
        `${expected}, which a generator that ends in ${name} can give`,
        `a minibatch from ${show(least)} to ${show(largest)}`,
        high === Infinity
          ? 'Shift the data, or leave the last activation out'
          : `Scale the data to [${show(low)}, ${show(high)}], or leave ${name} at the end of the generator out`
      )
    )
  ]
}
