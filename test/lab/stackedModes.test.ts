import { describe, expect, it } from 'vitest'
import { Lab, oneHot, tensor } from '../../src/index.ts'
import type { Tensor } from '../../src/index.ts'

const digits = (labels: readonly number[]): Tensor => oneHot(tensor([...labels], [labels.length], 'int32'), 10)
const numbers = Array.from({ length: 1000 }, (_, i) => i)
const channels = (of: readonly number[]) =>
  [100, 10, 1].map((place) => digits(of.map((i) => Math.floor(i / place) % 10)))

describe('stacked modes', () => {
  it('are all there where each number came once', () => {
    expect(Lab.stackedModes(channels(numbers))).toEqual({ captured: 1000, modes: 1000, reverseKl: 0 })
  })
  it('are told from one another by every channel, and missed by hand', () => {
    const found = Lab.stackedModes(channels([7, 7, 70, 700]))
    expect([found.captured, found.modes]).toEqual([3, 1000])
    expect(found.reverseKl).toBeCloseTo(0.5 * Math.log(500) + 0.5 * Math.log(250), 12)
  })
  it('of channels that do not belong together are refused', () => {
    expect(() => Lab.stackedModes([digits([1]), digits([1, 2])])).toThrow('2 channels of 1, 2 samples')
    expect(() => Lab.stackedModes([])).toThrow('at least one channel')
    expect(() => Lab.stackedModes([tensor([[1, 2]])])).toThrow('sum to 1')
  })
})
