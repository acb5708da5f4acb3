/** States and networks as safetensors, and PyTorch's numbers. */
import { describe, expect, it } from 'vitest'
import * as E from '#fp-ts/Either'
import { Gan, Net, Opt, Random, readSafetensors, tensor, treeLeaves, writeSafetensors } from '../../src/index.ts'
import { bits, compiled, leftOf, pathsOf, rightOf, smallSpec, trained } from '../support/smallGan.ts'

const js = (x: unknown): any => x
const spec = smallSpec(
  Gan.withOptimizer('generator', Opt.adam({ learningRate: 0.1 })),
  Gan.withAverage({ decay: 0.9, statistics: 'average' })
)

describe('a state', () => {
  it('comes back to its bits, and training goes on as if it had never stopped', async () => {
    const whole = await trained(spec, { steps: 6 })
    const half = await trained(spec, { steps: 3 })
    const bytes = Gan.toSafetensors(half.state, { engine: 'reference' })
    const state = rightOf(Gan.fromSafetensors(spec, bytes))
    expect(state).toEqual(half.state)
    expect(bits((await trained(spec, { steps: 3, state })).state)).toEqual(bits(whole.state))
    const read = readSafetensors(bytes)
    expect(E.isRight(read) && read.right.metadata).toEqual({ engine: 'reference', format: 'saddlepoint state 1' })
    expect(E.isRight(read) && read.right.tensors['players.generator.params.0.weights']?.shape).toEqual([2, 3])
  })
  it('of another spec is refused with every difference', async () => {
    const step = await compiled(spec)
    const state = await step.init(0)
    const other = smallSpec(Gan.withOptimizer('generator', Opt.sgd({ learningRate: 0.1 })))
    const issues = leftOf(Gan.fromSafetensors(other, Gan.toSafetensors(state)))
    expect(
      new Set(
        issues.map(({ path }) =>
          path
            .slice(0, 4)
            .join('.')
            .replace(/\.\d.*/, '')
        )
      )
    ).toEqual(new Set(['state.players.generator.optimizer', 'state.averages.generator']))
    expect(issues.every(({ expected }) => expected === 'nothing')).toBe(true)
  })
  it('is none where the bytes are something else', () => {
    expect(leftOf(Gan.fromSafetensors(spec, js('x')))).toMatchObject([{ _tag: 'BadFile', path: ['state'] }])
    expect(leftOf(Gan.fromSafetensors(spec, new Uint8Array(3)))).toMatchObject([{ path: ['state', 'byte 3'] }])
    const other = leftOf(Gan.fromSafetensors(spec, writeSafetensors({ x: tensor([1]) })))
    expect(other).toMatchObject([{ _tag: 'BadFile', actual: 'undefined' }])
    for (const bad of [undefined, 3, {}, { x: 1 }, { x: { ...tensor([1]), data: [1] } }])
      expect(() => Gan.toSafetensors(js(bad))).toThrow(/in Gan\.toSafetensors/)
  })
})

const net = Net.serial(Net.dense(2, 3), Net.batchNorm(3), Net.tanh, Net.dense(3, 1))
const held = () => {
  const { params, state } = net.init(Random.key(3))
  return { params, layers: state }
}

describe('a network', () => {
  it('comes back to its bits by the paths of its parameters', () => {
    const bytes = Gan.networkToSafetensors(held(), { note: 'mine' })
    expect(rightOf(Gan.networkFromSafetensors(net, bytes))).toEqual(held())
    const read = readSafetensors(bytes)
    expect(E.isRight(read) && Object.keys(read.right.tensors).sort()).toEqual(
      ['0.bias', '0.weights', '1.offset', '1.scale', '3.bias', '3.weights', 'layers.1.mean', 'layers.1.variance'].sort()
    )
  })
  it('is read off a state', async () => {
    const { state } = await trained(spec, { steps: 2 })
    const { params, layers } = state.players['generator']!
    const read = rightOf(
      Gan.networkFromSafetensors(spec.networks['generator']!, Gan.networkToSafetensors(state.players['generator']!))
    )
    expect(read).toEqual({ params, layers })
  })
  it('is refused with every difference, by its names in the file', () => {
    const narrow = Net.serial(Net.dense(2, 4), Net.batchNorm(4), Net.tanh, Net.dense(4, 1))
    const issues = leftOf(Gan.networkFromSafetensors(narrow, Gan.networkToSafetensors(held())))
    expect(pathsOf(issues)).toContain('network.0.weights')
    expect(issues).toHaveLength(7)
    const extra = writeSafetensors({ weights: tensor([[1], [2]]), bias: tensor([1]), more: tensor([1]) })
    expect(leftOf(Gan.networkFromSafetensors(Net.dense(2, 1), extra))).toMatchObject([
      { path: ['network', 'more'], expected: 'nothing' }
    ])
  })
  it('and whatever else comes is refused', () => {
    const bytes = Gan.networkToSafetensors(held())
    expect(leftOf(Gan.networkFromSafetensors(js(undefined), bytes))).toHaveLength(1)
    expect(leftOf(Gan.networkFromSafetensors(net, js(3)))).toMatchObject([{ _tag: 'BadFile' }])
    expect(leftOf(Gan.networkFromSafetensors(net, bytes, js({ layout: 'pytorch' })))).toMatchObject([
      { _tag: 'InvalidValue' }
    ])
    for (const bad of [undefined, 3, {}, { params: { x: 3 } }])
      expect(() => Gan.networkToSafetensors(js(bad))).toThrow(/in Gan\.networkToSafetensors/)
    const clash = { params: { layers: { x: tensor([1]) } }, layers: { x: tensor([2]) } }
    expect(() => Gan.networkToSafetensors(js(clash))).toThrow(/different names/)
  })
})

describe('numbers of PyTorch', () => {
  /** state_dict() of nn.Sequential(Linear(2, 3), BatchNorm1d(3), Tanh(), Linear(3, 1)), its numbers set by hand. */
  const file = writeSafetensors({
    '0.weight': tensor([[1, 2], [3, 4], [5, 6]]),
    '0.bias': tensor([0.1, 0.2, 0.3]),
    '1.weight': tensor([1, 2, 0.5]),
    '1.bias': tensor([0, 1, -1]),
    '1.running_mean': tensor([1, 2, 3]),
    '1.running_var': tensor([4, 9, 16]),
    '1.num_batches_tracked': tensor([8], [], 'int32'),
    '3.weight': tensor([[0.5, -1, 2]]),
    '3.bias': tensor([0.25])
  }) // prettier-ignore

  it('are read by the names and layouts that they have there', () => {
    const { params, layers } = rightOf(Gan.networkFromSafetensors(net, file, { layout: 'torch' }))
    const [y] = net.apply({ params: js(params), state: js(layers) }, tensor([[0.5, -0.25]]))
    const hidden = [1 * 0.5 - 2 * 0.25 + 0.1, 3 * 0.5 - 4 * 0.25 + 0.2, 5 * 0.5 - 6 * 0.25 + 0.3]
    const [mean, variance, scale, offset] = [[1, 2, 3], [4, 9, 16], [1, 2, 0.5], [0, 1, -1]] // prettier-ignore
    const normal = hidden.map((h, i) => ((h - mean[i]!) / Math.sqrt(variance[i]! + 1e-5)) * scale[i]! + offset[i]!)
    const [a = 0, b = 0, c = 0] = normal.map(Math.tanh)
    expect(y.data[0]).toBeCloseTo(0.5 * a - b + 2 * c + 0.25, 5)
  })
  it('are told from our own, also where matrices are square', () => {
    const square = Net.dense(2, 2, { bias: false })
    const torch = writeSafetensors({ weight: tensor([[1, 2], [3, 4]]) }) // prettier-ignore
    expect(leftOf(Gan.networkFromSafetensors(square, torch))).toMatchObject([{ hint: /layout: 'torch'/ }, {}])
    const read = rightOf(Gan.networkFromSafetensors(square, torch, { layout: 'torch' }))
    expect([...treeLeaves(read.params)[0]!.data]).toEqual([1, 3, 2, 4])
  })
  it('of kernels lie as ours', () => {
    const convolution = Net.convolution(1, 2, { kernel: [1, 2], bias: false })
    const torch = writeSafetensors({ weight: tensor([1, 2, 3, 4], [2, 1, 1, 2]) })
    const read = rightOf(Gan.networkFromSafetensors(convolution, torch, { layout: 'torch' }))
    expect([...treeLeaves(read.params)[0]!.data]).toEqual([1, 2, 3, 4])
  })
})
