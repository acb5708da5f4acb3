import { add, clamp, div, mul, neg, sub } from '../ops/arithmetic.ts'
import { stack } from '../ops/assembly.ts'
import { cos, sin } from '../ops/elementary.ts'
import { oneHot } from '../ops/indexing.ts'
import { sum } from '../ops/reduction.ts'
import { reshape } from '../ops/shaping.ts'
import { randint } from '../random/integers.ts'
import type { Key } from '../random/key.ts'
import { keysOf, split } from '../random/key.ts'
import { uniform } from '../random/uniform.ts'
import type { None } from '../tensor/arguments.ts'
import { refuseMore } from '../tensor/arguments.ts'
import { fail } from '../tensor/error.ts'
import { makeTensor } from '../tensor/makeTensor.ts'
import type { Rule } from '../tensor/options.ts'
import { optional, requireOptions } from '../tensor/options.ts'
import { showValue } from '../tensor/problem.ts'
import { range } from '../tensor/shape.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { outlines } from './outlines.ts'

export interface ShapesOptions {
  /** Pixels along each side, 8 to 256; 28 by default. */
  readonly size?: number
  /** 1, white on black, by default; 3, a colour on a darker one. */
  readonly channels?: 1 | 3
}

/** Labelled images that are drawn by a key and need no files. */
export interface Shapes {
  readonly name: string
  /** [channels, size, size]. */
  readonly shape: readonly [channels: number, height: number, width: number]
  /** The names of the classes, by label. */
  readonly classes: readonly string[]
  /**
   * n images, float32 [n, channels, size, size] in [-1, 1], and their labels, int32 [n]: a pure function of the key, to be
   * drawn inside a compiled step or eagerly.
   */
  readonly sample: (key: Key, n: number) => { readonly real: Tensor; readonly labels: Tensor }
}

const sides: Rule = {
  expected: 'a whole number from 8 to 256',
  accepts: (x) => Number.isInteger(x) && (x as number) >= 8 && (x as number) <= 256
}
const channelCounts: Rule = { expected: '1 or 3', accepts: (x) => x === 1 || x === 3 }
const rules = { size: optional(sides), channels: optional(channelCounts) }

const classes = Object.keys(outlines)

/** Computes how much of each pixel a shape covers, [n, size, size] in [0, 1], each at a place, of a size, turned. */
const coverage = (key: Key, labels: Tensor, size: number): Tensor => {
  const n = labels.shape[0] ?? 0
  const [forX, forY, forRadius, forAngle] = keysOf(split(key, 4))
  const drawn = (from: Key, min: number, max: number): Tensor =>
    reshape(uniform(from, [n, 1, 1], { min, max }), [n, 1, 1])
  const radius = drawn(forRadius!, 0.5, 0.75)
  const angle = drawn(forAngle!, -0.35, 0.35)
  // Centres of pixels in [-1, 1], the first row at the top.
  const places = makeTensor(range(size).map((i) => (2 * i + 1) / size - 1))
  const x = div(sub(reshape(places, [1, 1, size]), drawn(forX!, -0.2, 0.2)), radius)
  const y = div(sub(reshape(neg(places), [1, size, 1]), drawn(forY!, -0.2, 0.2)), radius)
  const turnedX = add(mul(x, cos(angle)), mul(y, sin(angle)))
  const turnedY = sub(mul(y, cos(angle)), mul(x, sin(angle)))
  const distances = stack(
    Object.values(outlines).map((outline) => outline(turnedX, turnedY)),
    { axis: 1 }
  )
  const chosen = sum(mul(distances, reshape(oneHot(labels, classes.length), [n, classes.length, 1, 1])), { axes: [1] })
  // The edge fades over one pixel.
  return clamp(sub(0.5, mul(chosen, mul(radius, size / 2))), { min: 0, max: 1 })
}

/**
 * Makes a set of labelled images that needs no download: ten shapes (disc, ring, square, frame, triangle, diamond, plus,
 * cross, stripes, crescent), each at a place, of a size, turned by up to 20 degrees, equally likely. Edges are smooth, so
 * that a generator can make them. An image costs some 40 operations a pixel and shape.
 *
 * @throws InvalidArgument for a size or a number of channels that is none of these
 *
 * @example
 * import { Random, Toy } from 'saddlepoint'
 * const shapes = Toy.shapes({ size: 32, channels: 3 })
 * const { real, labels } = shapes.sample(Random.key(0), 16)
 * real.shape // => [16, 3, 32, 32]
 * labels.shape // => [16]
 * shapes.classes[4] // => 'triangle'
 */
export const shapes = (options?: ShapesOptions, ...more: None): Shapes => {
  refuseMore('Toy.shapes', more)
  const { size = 28, channels = 1 } = requireOptions<ShapesOptions>('Toy.shapes', options, rules)
  const name = `shapes of ${String(size)} pixels${channels === 3 ? ' in colour' : ''}`
  return {
    name,
    shape: [channels, size, size],
    classes,
    sample: (key, n) => {
      if (!Number.isInteger(n) || n < 0)
        fail('InvalidArgument', {
          op: name,
          expected: 'a number of samples',
          actual: showValue(n),
          hint: 'Write sample(key, n)'
        })
      const [forLabels, forShapes, forColours] = keysOf(split(key, 3))
      const labels = randint(forLabels!, [n], 0, classes.length)
      const covered = reshape(coverage(forShapes!, labels, size), [n, 1, size, size])
      if (channels === 1) return { real: sub(mul(covered, 2), 1), labels }
      const [forFront, forBack] = keysOf(split(forColours!))
      const front = uniform(forFront!, [n, 3, 1, 1], { min: 0, max: 1 })
      const back = uniform(forBack!, [n, 3, 1, 1], { min: -1, max: -0.4 })
      return { real: add(back, mul(covered, sub(front, back))), labels }
    }
  }
}
