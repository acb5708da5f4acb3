import { add, mul } from '../ops/arithmetic.ts'
import { full } from '../ops/creation.ts'
import type { Key } from '../random/key.ts'
import { normal as drawNormal } from '../random/normal.ts'
import { uniform as drawUniform } from '../random/uniform.ts'
import type { None } from '../tensor/arguments.ts'
import { refuseMore, requireShape } from '../tensor/arguments.ts'
import { fail } from '../tensor/error.ts'
import type { Rule, Rules } from '../tensor/options.ts'
import { finite, notNegative, positive, readOptions } from '../tensor/options.ts'
import type { Problem } from '../tensor/problem.ts'
import { refuse, showValue, under } from '../tensor/problem.ts'
import type { Shape } from '../tensor/shape.ts'
import { equalShapes, showShape } from '../tensor/shape.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { isTensor, showAval } from '../tensor/tensor.ts'
import { isRecord } from '../tensor/tree.ts'

/**
 * Says how many numbers each of the layer's sums runs over (fanIn), and to how many sums a number contributes (fanOut).
 */
export interface Fans {
  readonly fanIn: number
  readonly fanOut: number
}

/** Samples the first values of a parameter, a pure function of a key. Any such function will do. */
export type Initializer = (key: Key, shape: Shape, fans: Fans) => Tensor

/** An initializer of this library, which knows its name and numbers. It refuses to run where these have problems. */
export interface NamedInitializer extends Initializer {
  readonly initializer: string
  readonly options: Readonly<Record<string, unknown>>
  readonly problems: readonly Problem[]
}

/** Lists what an initializer is made from: numbers by name, their rules, and whatever else was given. */
export interface Numbers {
  readonly options?: Readonly<Record<string, unknown>>
  readonly rules?: Rules
  readonly more?: readonly unknown[]
}

const areFans = (fans: unknown): boolean =>
  isRecord(fans) && positive.accepts(fans['fanIn']) && positive.accepts(fans['fanOut'])

export const named = (
  initializer: string,
  { options = {}, rules = {}, more = [] }: Numbers,
  f: Initializer
): NamedInitializer => {
  const { problems } = readOptions({}, {}, rules, options, more)
  const op = `Init.${initializer}`
  const draw = (key: Key, shape: Shape, fans: Fans, ...others: None): Tensor => {
    refuseMore(op, others)
    refuse(op, problems)
    requireShape(op, shape)
    if (!areFans(fans))
      fail('InvalidArgument', { op, expected: 'fans { fanIn, fanOut }, two positive numbers', actual: showValue(fans) })
    return f(key, shape, fans)
  }
  return Object.assign(draw, { initializer, options, problems })
}

export const initializerRule: Rule = {
  expected: 'an initializer, such as Init.heNormal',
  accepts: (x) => typeof x === 'function'
}

/** Collects the problems of the initializers among some options. */
export const initializerProblems = (options: object): readonly Problem[] =>
  Object.entries(options).flatMap(([name, value]) =>
    typeof value === 'function' && 'initializer' in value ? under([name], (value as NamedInitializer).problems) : []
  )

/** Samples a parameter, and fails where an initializer of one's own gives anything but float32 of its shape. */
export const sampled = (name: string, initializer: Initializer, key: Key, shape: Shape, fans: Fans): Tensor => {
  const drawn: unknown = initializer(key, shape, fans)
  return isTensor(drawn) && drawn.dtype === 'float32' && equalShapes(drawn.shape, shape)
    ? drawn
    : fail('ShapeMisfit', {
        op: `the initializer of ${name}`,
        expected: `float32${showShape(shape)}`,
        actual: isTensor(drawn) ? showAval(drawn) : showValue(drawn)
      })
}

/** Samples a normal with a standard deviation that may depend on the fans. */
const spread = (name: string, sd: (fans: Fans) => number): NamedInitializer =>
  named(name, {}, (key, shape, fans) => mul(drawNormal(key, shape), sd(fans)))

/** Samples uniformly from [-bound, bound). */
const within = (name: string, numbers: Numbers, bound: (fans: Fans) => number): NamedInitializer =>
  named(name, numbers, (key, shape, fans) => drawUniform(key, shape, { min: -bound(fans), max: bound(fans) }))

/**
 * Gives the same number everywhere.
 *
 * @formula value
 */
export const constant = (value: number, ...more: None): NamedInitializer =>
  named('constant', { options: { value }, rules: { value: finite }, more }, (_, shape) => full(shape, value))

/**
 * Gives 0 everywhere: for the last layer of a residual branch, say.
 *
 * @formula 0
 */
export const zeros: NamedInitializer = named('zeros', {}, (_, shape) => full(shape, 0))

/**
 * Gives 1 everywhere.
 *
 * @formula 1
 */
export const ones: NamedInitializer = named('ones', {}, (_, shape) => full(shape, 1))

/**
 * Samples a normal with that standard deviation (DCGAN takes 0.02), around `mean`, by default 0.
 *
 * @formula N(mean, sd²)
 *
 * @example
 * import { Init, Net, Random } from 'saddlepoint'
 * const layer = Net.dense(100, 10, { weights: Init.normal(0.02), bias: Init.zeros })
 * const { params } = layer.init(Random.key(0))
 */
export const normal = (sd: number, mean = 0, ...more: None): NamedInitializer =>
  named('normal', { options: { sd, mean }, rules: { sd: notNegative, mean: finite }, more }, (key, shape) =>
    add(mul(drawNormal(key, shape), sd), mean)
  )

/**
 * Samples uniformly.
 *
 * @formula U[-bound, bound)
 */
export const uniform = (bound: number, ...more: None): NamedInitializer =>
  within('uniform', { options: { bound }, rules: { bound: notNegative }, more }, () => bound)

/**
 * Samples uniformly: PyTorch's default for weights and biases of linear and convolutional layers, and the default
 * here.
 *
 * @formula U[-1/√fanIn, 1/√fanIn)
 */
export const fanInUniform: NamedInitializer = within('fanInUniform', {}, ({ fanIn }) => 1 / Math.sqrt(fanIn))

/**
 * Samples a normal: sums of unit variance of inputs of unit variance.
 *
 * @formula N(0, 1 / fanIn)
 * @see LeCun et al., Efficient backprop (1998)
 */
export const lecunNormal: NamedInitializer = spread('lecunNormal', ({ fanIn }) => Math.sqrt(1 / fanIn))

/**
 * Samples a normal whose variance makes up for the half that a relu takes away.
 *
 * @formula N(0, 2 / fanIn)
 * @see He et al., Delving deep into rectifiers (2015), equation 10
 */
export const heNormal: NamedInitializer = spread('heNormal', ({ fanIn }) => Math.sqrt(2 / fanIn))

/**
 * Samples a uniform of the variance of `heNormal`.
 *
 * @formula U[-b, b), b = √(6 / fanIn)
 * @see He et al., Delving deep into rectifiers (2015), equation 10
 */
export const heUniform: NamedInitializer = within('heUniform', {}, ({ fanIn }) => Math.sqrt(6 / fanIn))

/**
 * Samples a normal whose variance suits the forward and the backward pass alike.
 *
 * @formula N(0, 2 / (fanIn + fanOut))
 * @see Glorot and Bengio, Understanding the difficulty of training deep feedforward neural networks (2010), equation
 * 12
 */
export const glorotNormal: NamedInitializer = spread('glorotNormal', ({ fanIn, fanOut }) =>
  Math.sqrt(2 / (fanIn + fanOut))
)

/**
 * Samples a uniform of the variance of `glorotNormal`.
 *
 * @formula U[-b, b), b = √(6 / (fanIn + fanOut))
 * @see Glorot and Bengio, Understanding the difficulty of training deep feedforward neural networks (2010), equation
 * 16
 */
export const glorotUniform: NamedInitializer = within('glorotUniform', {}, ({ fanIn, fanOut }) =>
  Math.sqrt(6 / (fanIn + fanOut))
)
