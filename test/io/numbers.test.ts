import { describe, expect, it } from 'vitest'
import { showCount, showNumber } from '../../src/io/numbers.ts'

describe('numbers', () => {
  it('whole', () => {
    expect([0, 7, 999, 1000, 1234567].map(showCount)).toEqual(['0', '7', '999', '1,000', '1,234,567'])
  })
  it('with a few digits', () => {
    expect([0, 0.8123, -1.5, 12345, 1e5, 1.34e-7, NaN, -Infinity].map((x) => showNumber(x))).toEqual([
      '0',
      '0.812',
      '-1.5',
      '12300',
      '1.0e5',
      '1.3e-7',
      'NaN',
      '-Infinity'
    ])
    expect(showNumber(0.97316, 4)).toBe('0.9732')
  })
})
