/** What layers say of themselves when they are made or applied wrongly: nothing throws but tagged errors. */
import { describe, expect, it } from 'vitest'
import * as E from '#fp-ts/Either'
import { isSaddlepointError } from '../../src/tensor/error.ts'
import * as Init from '../../src/nn/init.ts'
import type { Layer } from '../../src/nn/net.ts'
import * as Net from '../../src/nn/net.ts'
import { ones } from '../../src/ops/creation.ts'
import { mul } from '../../src/ops/arithmetic.ts'
import { key } from '../../src/random/random.ts'
import { thrown } from '../support/thrown.ts'

const any = (x: unknown): never => x as never
const more = (...given: readonly unknown[]): [] => given as unknown as []
const root = key(0)
const problemsOf = ({ problems }: Layer): readonly string[] =>
  problems.map(({ path, expected, actual, hint }) => `${path.join('.')}: ${expected}; got ${actual}. ${hint}`)

describe('a network', () => {
  it.each<readonly [string, Layer, string]>([
    ['of an activation that was not called', Net.serial(Net.dense(2, 3), any(Net.leakyRelu)), "1: a layer; got the function leakyRelu. Call it, Net.leakyRelu(...); Net.lambda(name, f) makes a layer of a function of one's own"],
    ['of a list', Net.serial(any([Net.relu])), '0: a layer; got [an object]. Write Net.serial(...layers)'],
    ['of nothing', Net.serial(any(undefined)), '0: a layer; got undefined. Layers come from Net.dense, Net.relu and the like, or from Net.layer'],
    ['around a function', Net.residual(any(Net.relu.apply)), 'inner: a layer; got the function apply'],
    ['normalized, of a number', Net.spectral(any(3)), 'inner: a layer; got 3'],
    ['with a reference, of a name', Net.withReference(ones([2, 3]), any('dense')), 'inner: a layer; got "dense"'],
    ['with no reference', Net.withReference(any([1, 2]), Net.relu), 'reference: a batch of samples, a tensor; got [1, 2]'],
    ['of channels among the options', Net.convolution(1, 8, any({ kernel: 3, inChannels: 1 })), 'inChannels: one of kernel, stride, padding, dilation, groups, weights, bias; got inChannels. Give inChannels as an argument of its own'],
    ['of channels as they once were', Net.convolution(any({ inChannels: 1, outChannels: 8, kernel: 3 }), any(undefined), any(undefined)), 'inChannels: a whole number of at least 1; got an object'],
    ['of one argument too many', Net.dense(2, 3, {}, ...more(5)), ': no further argument; got 5. Leave it out'],
    ['with a number as options', Net.dropout(0.5, ...more(0.5)), ': no further argument; got 0.5'],
    ['with a NaN in its weights', Net.dense(2, 3, { weights: Init.normal(NaN) }), 'weights.sd: a number of at least 0; got NaN. Change sd'],
    ['with a NaN in its bias', Net.convolution(2, 4, { kernel: 1, bias: Init.constant(NaN) }), 'bias.value: a finite number; got NaN'],
    ['with an argument too many in its weights', Net.transposedConvolution(2, 4, { kernel: 1, weights: Init.orthogonal(1, ...more(2)) }), 'weights: no further argument; got 2'],
    ['of a lambda without a name', Net.lambda(any((x: never) => x), any({})), 'f: a function; got an object'],
    ['of a lambda of a misspelt option', Net.lambda('mine', (x) => x, any({ outputs: [3] })), 'outputs: one of output, preserves; got outputs. Did you mean output?'],
    ['of rules without apply', Net.layer(any({ name: 'mine' })), 'apply: a function; got undefined'],
    ['of a misspelt rule', Net.layer(any({ name: 'mine', aply: 1, apply: () => 1 })), 'aply: one of name'],
    ['of features that are none', Net.layer(any({ name: 'mine', accepts: 5, apply: () => 1 })), 'accepts: a list of extents, null for those that are not known; got 5']
  ])('%s is told', (_, net, problem) => {
    expect(problemsOf(net).map((text) => text.slice(0, problem.length))).toContain(problem)
    expect(thrown(() => net.init(root))._tag).toBe('InvalidArgument')
    expect(typeof Net.show(net)).toBe('string')
  }) // prettier-ignore

  it('says no more than it has to of rules that nobody can read', () => {
    for (const rules of [undefined, null, 3, 'dense', [], () => 1])
      expect(Net.layer(any(rules)).problems).toHaveLength(1)
  })
})

/** Runs what may be refused, and throws on what is no refusal. */
const maySucceed = (run: () => unknown): void => {
  try {
    run()
  } catch (cause) {
    if (!isSaddlepointError(cause)) throw cause
  }
}

const layers: readonly (readonly [Layer, readonly number[]])[] = [
  [Net.dense(3, 2), [4, 3]],
  [Net.convolution(1, 2, { kernel: 1 }), [4, 1, 2, 2]],
  [Net.batchNorm(3), [4, 3]],
  [Net.layerNorm(3), [4, 3]],
  [Net.virtualBatchNorm(3), [4, 3]],
  [Net.conditionalBatchNorm(3, 2), [4, 3]],
  [Net.projection(3, 2), [4, 3]],
  [Net.spectral(Net.dense(3, 2)), [4, 3]],
  [Net.residual(Net.dense(3, 3)), [4, 3]],
  [Net.minibatchDiscrimination(3), [4, 3]],
  [Net.withReference(ones([2, 3]), Net.virtualBatchNorm(3)), [4, 3]],
  [Net.serial(Net.dense(3, 2), Net.relu), [4, 3]],
  [Net.relu, [4, 3]],
  [Net.flatten, [4, 3]],
  [Net.dropout(0.5), [4, 3]],
  [Net.minibatchStddev(), [4, 3]],
  [Net.maxPool({ window: 1 }), [4, 1, 2, 2]]
]

describe('a layer that is applied wrongly fails with a tagged error', () => {
  it.each(layers.map(([net, shape]) => [net.title, net, shape] as const))('%s', (_, net, shape) => {
    const x = ones(shape)
    const good = net.init(root)
    const contexts: unknown[] = [undefined, null, 3, [], {}, { params: good.params }, { params: 3, state: [] }, { params: null, state: null }] // prettier-ignore
    for (const context of contexts) maySucceed(() => net.apply(any(context), x))
    const batches = [undefined, null, 3, 'x', [[1, 2, 3]], new Float32Array(3), {}, () => x, ones([])]
    for (const batch of batches) thrown(() => net.apply({ ...good, training: true, key: root }, any(batch)))
    for (const seed of [undefined, null, 3, 'x', [0, 1], ones([2])]) maySucceed(() => net.init(any(seed)))
  })
})

describe("rules of one's own", () => {
  const x = ones([2, 3])
  it('that give no pair, or no params and state, are told', () => {
    const one = Net.layer({ name: 'mine', apply: any((_: unknown, y: typeof x) => mul(y, 2)) })
    expect(() => one.apply(one.init(root), x)).toThrow(/in mine: expected a pair \[y, state\] of apply; got a tensor/)
    const two = Net.layer({ name: 'mine', init: any(() => [1]), apply: ({ state }, y) => [y, state] })
    expect(() => two.init(root)).toThrow(/in mine: expected { params, state } of init; got \[1\]/)
  })
  it.each<readonly [string, unknown]>([
    ['throws', () => { throw new TypeError('mine') }], // prettier-ignore
    ['gives features as they are', (features: unknown) => features],
    ['gives nothing', () => undefined]
  ])('whose fit %s are a misfit, not an error', (_, fit) => {
    const net = Net.layer({ name: 'mine', fit: any(fit), apply: ({ state }, y) => [y, state] })
    expect(E.isLeft(net.fit([3]))).toBe(true)
    expect(net.output).toBeUndefined()
    expect(() => net.apply(net.init(root), x)).toThrow(/ShapeMisfit in mine/)
  })
  it.each<readonly [string, unknown, string]>([
    ['another shape', () => ones([2]), 'float32[2]'],
    ['another dtype', (_: unknown, shape: readonly number[]) => ones(shape, 'int32'), 'int32[3, 2]'],
    ['a number', () => 0.1, '0.1']
  ])('an initializer that gives %s is told', (_, weights, actual) => {
    const net = Net.dense(3, 2, { weights: any(weights) })
    expect(thrown(() => net.init(root))).toMatchObject({
      op: 'the initializer of weights',
      expected: 'float32[3, 2]',
      actual
    })
  })
})
